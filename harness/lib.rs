//! Watertight proves, by attacking, that tenants of a PostgreSQL application are isolated.
