//! The leak classes by number: what each is, how bad, and how it is proven. Scenarios name them in `-- class:` lines.
use crate::event::Severity;
use crate::event::Severity::{Critical, High, Low, Medium};
use How::{Advice, Attack, Control, Engine, Outside};

/// One class of cross-tenant leaks.
pub struct Class {
    pub number: u8,
    pub name: &'static str,
    pub severity: Severity,
    pub how: How,
}

/// How a class is proven, or why it is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// Attacks are run, and scenarios plant it.
    Attack,
    /// A fault of the server: tried once for a server, on a table of our own.
    Engine,
    /// The run's own controls see it; the sentence says how it ends.
    Control(&'static str),
    /// No black-box attack can execute it; the sentence is the advice.
    Advice(&'static str),
    /// Could be executed and is not yet; the sentence says what is missing.
    Open(&'static str),
    /// Out of scope; the sentence says why.
    Outside(&'static str),
}

/// The class of a number.
pub fn class(number: u8) -> Option<&'static Class> {
    ALL.get(usize::from(number).checked_sub(1)?)
}

const fn new(number: u8, severity: Severity, name: &'static str, how: How) -> Class {
    Class {
        number,
        name,
        severity,
        how,
    }
}

/// All classes, in order of their numbers.
pub static ALL: &[Class] = &[
    new(1, Critical, "row security not enabled", Attack),
    new(2, Critical, "policies exist, row security off", Attack),
    new(
        3,
        Critical,
        "new table opened by default privileges",
        Attack,
    ),
    new(4, Critical, "owner not forced", Attack),
    new(5, Critical, "role with SUPERUSER or BYPASSRLS", Attack),
    new(6, High, "member may take a role without policies", Attack),
    new(7, High, "policy TO PUBLIC", Attack),
    new(8, Critical, "policy or grant for visitors", Attack),
    new(9, Critical, "using (true)", Attack),
    new(10, Critical, "tautology in disguise", Attack),
    new(11, Critical, "open without claims", Attack),
    new(12, High, "NULL tenant column", Attack),
    new(13, Critical, "EXISTS not correlated", Attack),
    new(14, Critical, "column captured in a subquery", Attack),
    new(15, Critical, "claim that users edit", Attack),
    new(16, High, "pattern match on a claim", Attack),
    new(17, High, "leftover permissive policy", Attack),
    new(18, Medium, "restrictive floor missing or empty", Attack),
    new(19, High, "soft delete opens", Attack),
    new(20, Medium, "sharing flag that anyone sets", Attack),
    new(21, High, "policy asks a writable table", Attack),
    new(22, High, "single-valued membership lookup", Attack),
    new(23, High, "two tenant columns disagree", Attack),
    new(24, Critical, "child without tenant column", Attack),
    new(25, High, "user id taken for the tenant's", Attack),
    new(26, High, "token outlives the membership", Attack),
    new(27, Critical, "rank claim trusted", Attack),
    new(28, Critical, "IMMUTABLE claim function", Attack),
    new(29, Critical, "debug setting", Attack),
    new(30, High, "INSERT without check", Attack),
    new(31, High, "own row given away", Attack),
    new(32, Critical, "DELETE looser than SELECT", Attack),
    new(33, High, "UPDATE looser than SELECT", Attack),
    new(34, High, "write checks united", Attack),
    new(35, Critical, "TRUNCATE granted", Attack),
    new(36, Medium, "REFERENCES or TRIGGER granted", Attack),
    new(37, Medium, "column grant under a table grant", Attack),
    new(38, Critical, "membership by oneself", Attack),
    new(39, Critical, "promotion of oneself", Attack),
    new(40, High, "invitations readable or reusable", Attack),
    new(41, High, "ON CONFLICT DO UPDATE of a hidden row", Attack),
    new(42, High, "MERGE past the UPDATE policy", Engine),
    new(43, High, "poison row", Attack),
    new(44, Critical, "view with its owner's rights", Attack),
    new(45, Critical, "writable view of the owner", Attack),
    new(
        46,
        Medium,
        "view without barrier",
        Advice(
            "a filtered view of its owner shows no row of others, but a caller who may write functions sees their values: add security_barrier",
        ),
    ),
    new(47, High, "materialized view", Attack),
    new(48, Critical, "definer function without check", Attack),
    new(49, Critical, "guard skipped without a user", Attack),
    new(50, Critical, "definer function trusts its argument", Attack),
    new(
        51,
        Critical,
        "definer function writes and returns nothing",
        Attack,
    ),
    new(52, Medium, "boolean or counting oracle", Attack),
    new(53, High, "search_path shadowed", Attack),
    new(54, High, "definer trigger fans out", Attack),
    new(55, Medium, "counters shared by tenants", Attack),
    new(56, High, "rewrite rule", Attack),
    new(57, Critical, "text run, claims spoofed", Attack),
    new(58, Critical, "text run, role spoofed", Attack),
    new(59, Critical, "partition granted", Attack),
    new(60, Critical, "inheritance child", Attack),
    new(
        61,
        Critical,
        "foreign table",
        Advice(
            "a foreign table can have no policy and the other server is not there to be asked: grant it to no role of the application",
        ),
    ),
    new(62, High, "storage without bucket", Attack),
    new(63, Critical, "platform's users by a view", Attack),
    new(64, High, "queue tables", Attack),
    new(
        65,
        High,
        "pg_graphql",
        Advice(
            "pg_graphql serves whatever the role may read: what holds for the tables holds for it",
        ),
    ),
    new(
        66,
        Medium,
        "extension tables in public",
        Advice(
            "an extension's tables hold no tenant's rows: install extensions into a schema of their own",
        ),
    ),
    new(67, High, "LEAKPROOF function of one's own", Attack),
    new(68, High, "reference to a foreign row", Attack),
    new(69, Medium, "existence by a foreign key", Attack),
    new(70, High, "cascade across tenants", Attack),
    new(71, Medium, "unique key of all tenants", Attack),
    new(72, Medium, "ON CONFLICT DO NOTHING tells", Attack),
    new(73, High, "ON CONFLICT … WHERE on hidden rows", Engine),
    new(74, Medium, "exclusion constraint of all tenants", Attack),
    new(75, Medium, "error shows a row", Attack),
    new(
        76,
        Low,
        "gaps in sequences",
        Advice(
            "every identity column has gaps: revoke SELECT and UPDATE on sequences, and number by tenant where numbers are shown",
        ),
    ),
    new(
        77,
        Low,
        "row estimates of the catalog",
        Advice(
            "pg_class and pg_stat show every session how many rows a table has: expose no SQL and no view over them",
        ),
    ),
    new(
        78,
        Low,
        "EXPLAIN estimates",
        Advice(
            "EXPLAIN estimates by everybody's values: keep plans from the gateway's answers (PostgREST db-plan-enabled off)",
        ),
    ),
    new(
        79,
        Low,
        "EXPLAIN ANALYZE counts",
        Advice(
            "EXPLAIN ANALYZE counts the rows that policies removed: keep plans from the gateway's answers",
        ),
    ),
    new(80, Low, "statistics read by a leaky operator", Engine),
    new(81, Low, "pg_stats_ext_exprs", Engine),
    new(
        82,
        Medium,
        "pg_stat_activity",
        Advice("sessions of one login see each other's queries: put no values into query text"),
    ),
    new(
        83,
        Low,
        "advisory locks",
        Advice("pg_locks shows the keys of advisory locks: derive them from nothing secret"),
    ),
    new(84, High, "NOTIFY payload", Attack),
    new(85, Medium, "large objects", Attack),
    new(86, Medium, "session state left in a pool", Attack),
    new(
        87,
        Low,
        "timing",
        Outside("timing differs with everything; no attack by it is repeatable"),
    ),
    new(88, Critical, "setting left in a pool", Attack),
    new(89, Medium, "'' after SET LOCAL", Attack),
    new(90, Medium, "claim of another shape", Attack),
    new(91, High, "settings that disagree", Attack),
    new(92, Critical, "plan kept across roles", Engine),
    new(93, High, "RESET ROLE gives more", Attack),
    new(
        94,
        Low,
        "the harness's own role",
        Control("attacks log in as the gateway does, and the roles are tried before anything else"),
    ),
    new(95, High, "publication without row security", Attack),
    new(
        96,
        Medium,
        "dump and replication roles",
        Advice(
            "whoever dumps or replicates is no member: keep REPLICATION and BYPASSRLS from the application's logins",
        ),
    ),
    new(
        97,
        Low,
        "silent denial",
        Control("a member who cannot reach its own rows ends the run (exit 4)"),
    ),
    new(98, Critical, "option dropped by a diff tool", Attack),
    new(
        99,
        Medium,
        "setting misspelt in a policy",
        Control("a policy that nobody can meet leaves its cells unproven (exit 3)"),
    ),
];
