//! Indexes that only the planner believes in, by the extension HypoPG where the server offers it.
//!
//! They belong to the session: every role that it takes sees them, in `EXPLAIN` without `ANALYZE` alone, and no transaction takes
//! them back (<https://hypopg.readthedocs.io/en/rel1_stable/usage.html>).
use super::error::PlanError;
use super::observe::own_rows;
use crate::sql::{identifier, literal};
use tokio_postgres::Client;

/// Where the extension is put when the schema has none itself: beside whatever the migrations made.
const SCHEMA: &str = "watertight_hypopg";

/// The extension in one database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HypoPg {
    /// `1.3.1`.
    pub version: String,
    /// Where its functions are, quoted.
    schema: String,
}

impl HypoPg {
    /// The extension of a database that watertight made; puts it there when it is not. Gives the reason when that cannot be.
    ///
    /// # Errors
    /// The server is gone.
    pub async fn find(client: &Client) -> Result<Result<HypoPg, String>, PlanError> {
        let offered = "SELECT e.default_version, x.extversion, n.nspname FROM pg_available_extensions e LEFT JOIN pg_extension x ON x.extname = e.name LEFT JOIN pg_namespace n ON n.oid = x.extnamespace WHERE e.name = 'hypopg'";
        let begun = client.batch_execute("ROLLBACK; BEGIN").await;
        begun.map_err(|source| PlanError::of(offered, source))?;
        let found = own_rows(client, offered).await?.into_iter().next();
        let found = match found.as_deref() {
            Some([_, Some(version), Some(schema)]) => {
                HypoPg::checked(client, version, schema, "").await
            }
            Some([Some(version), ..]) => {
                let make =
                    format!("CREATE SCHEMA {SCHEMA}; CREATE EXTENSION hypopg SCHEMA {SCHEMA};");
                HypoPg::checked(client, version, SCHEMA, &make).await
            }
            _ => Ok(Err(
                "the server does not offer the extension hypopg".to_owned()
            )),
        };
        let end = if matches!(found, Ok(Ok(_))) {
            "COMMIT"
        } else {
            "ROLLBACK"
        };
        let ended = client.batch_execute(end).await;
        ended.map_err(|source| PlanError::of(end, source))?;
        found
    }

    /// Makes the extension, if that is needed, and calls it: its library may be missing, or of another version of PostgreSQL.
    async fn checked(
        client: &Client,
        version: &str,
        schema: &str,
        make: &str,
    ) -> Result<Result<HypoPg, String>, PlanError> {
        let hypopg = HypoPg {
            version: version.to_owned(),
            schema: identifier(schema),
        };
        let sql = format!("{make} {}", hypopg.reset());
        match client
            .batch_execute(&sql)
            .await
            .map_err(|source| PlanError::of(&sql, source))
        {
            Ok(()) => Ok(Ok(hypopg)),
            Err(PlanError::Refused {
                message, sqlstate, ..
            }) => Ok(Err(format!(
                "the extension hypopg cannot be used: {message} (SQLSTATE {sqlstate})"
            ))),
            Err(error) => Err(error),
        }
    }

    /// Makes the planner believe in the index of a `CREATE INDEX`, inside of a transaction. Gives what plans call it; `None`
    /// where there can be none.
    ///
    /// What HypoPG thinks of its size is not asked: it does not know that a B-tree holds equal values once
    /// (<https://www.postgresql.org/docs/current/btree.html#BTREE-DEDUPLICATION>), and tenants are equal in thousands of rows.
    /// For 20,000 rows of 300 tenants it says 3.3 times too much.
    ///
    /// # Errors
    /// The server is gone.
    pub async fn imagine(
        &self,
        client: &Client,
        create: &str,
    ) -> Result<Option<String>, PlanError> {
        let create = literal(create);
        let sql = format!(
            "SELECT indexname FROM {}.hypopg_create_index({create})",
            self.schema
        );
        match own_rows(client, &sql).await {
            Ok(rows) => Ok(rows.into_iter().flatten().flatten().next()),
            Err(PlanError::Refused { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Takes all hypothetical indexes from the session, and every kept plan that may read one.
    ///
    /// # Errors
    /// The server is gone.
    pub async fn forget(&self, client: &Client) -> Result<(), PlanError> {
        // A function that the planner called keeps the plans of its statements for as long as the session lasts
        // (https://www.postgresql.org/docs/current/plpgsql-implementation.html#PLPGSQL-PLAN-CACHING).
        let sql = format!("{} DISCARD PLANS;", self.reset());
        let done = client.batch_execute(&sql).await;
        done.map_err(|source| PlanError::of(&sql, source))
    }

    fn reset(&self) -> String {
        format!("SELECT {}.hypopg_reset();", self.schema)
    }
}
