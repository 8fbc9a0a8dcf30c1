//! The one test binary.
mod migrations;
