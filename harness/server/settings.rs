//! PostgreSQL's settings for a server that nobody will miss.

/// Connections that a run may hold at once, those of all workers together.
const MAX_CONNECTIONS: &str = "40";

/// The settings, as `-c name=value` takes them.
///
/// Durability is off because a crash costs nothing but the run. `log_min_messages` is `fatal`: the attacks' thousands of
/// expected errors are not written (as fast as `panic`), while the reason of a failed start still is.
pub(super) fn throwaway() -> Vec<(&'static str, &'static str)> {
    vec![
        ("fsync", "off"),
        ("synchronous_commit", "off"),
        ("full_page_writes", "off"),
        // Logical decoding is one of the doors that get attacked. It costs no measurable time here: nothing is flushed.
        ("wal_level", "logical"),
        ("max_wal_senders", "4"),
        ("max_replication_slots", "4"),
        ("max_wal_size", "256MB"),
        ("checkpoint_timeout", "1h"),
        ("shared_buffers", "64MB"),
        ("work_mem", "16MB"),
        ("maintenance_work_mem", "64MB"),
        ("autovacuum", "off"),
        ("jit", "off"),
        // Parallel workers would make plans, and so the order of rows, depend on the machine.
        ("max_parallel_workers_per_gather", "0"),
        ("max_connections", MAX_CONNECTIONS),
        ("max_prepared_transactions", "0"),
        // One transaction may lock every table of a large schema with its indexes: 512 × 40 locks in all.
        ("max_locks_per_transaction", "512"),
        // After a crash with fsync off nothing on disk can be trusted, so the server ends instead of recovering.
        ("restart_after_crash", "off"),
        ("log_min_messages", "fatal"),
        ("log_min_error_statement", "panic"),
        ("log_checkpoints", "off"),
        ("logging_collector", "off"),
        ("timezone", "UTC"),
        ("log_timezone", "UTC"),
        ("datestyle", "ISO, MDY"),
        ("intervalstyle", "postgres"),
        ("lc_messages", "C"),
    ]
}

/// The settings as arguments of `postgres`.
pub(super) fn arguments<'a>(settings: impl IntoIterator<Item = (&'a str, &'a str)>) -> Vec<String> {
    settings
        .into_iter()
        .flat_map(|(name, value)| ["-c".to_owned(), format!("{name}={value}")])
        .collect()
}
