//! The server's five-character error codes, so that outcomes are compared by code and never by message.
//!
//! The list holds the codes that a security harness decides on; every other code survives as [`SqlState::Other`].
//! Codes and condition names: PostgreSQL manual, Appendix A "PostgreSQL Error Codes".
use std::fmt;

macro_rules! sql_states {
    ($($(#[$doc:meta])* $name:ident = $code:literal),+ $(,)?) => {
        /// A SQLSTATE, named after PostgreSQL's condition name.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum SqlState {
            $($(#[$doc])* $name,)+
            /// Any other code: five ASCII letters or digits.
            Other([u8; 5]),
        }

        impl SqlState {
            /// Every named code.
            pub const NAMED: &[SqlState] = &[$(SqlState::$name),+];

            /// The five characters, for example `42501`.
            pub fn code(&self) -> &str {
                match self {
                    $(SqlState::$name => $code,)+
                    SqlState::Other(code) => std::str::from_utf8(code)
                        .expect("Other holds five ASCII characters, From<&str> sees to it"),
                }
            }
        }

        impl From<&str> for SqlState {
            /// Anything that is not a letter or digit, and anything missing, becomes `?`; what follows the fifth character is cut.
            fn from(code: &str) -> SqlState {
                match code {
                    $($code => SqlState::$name,)+
                    _ => SqlState::Other(five(code)),
                }
            }
        }
    };
}

sql_states! {
    SuccessfulCompletion = "00000",
    Warning = "01000",
    NoData = "02000",
    ConnectionException = "08000",
    ConnectionDoesNotExist = "08003",
    ConnectionFailure = "08006",
    SqlclientUnableToEstablishSqlconnection = "08001",
    SqlserverRejectedEstablishmentOfSqlconnection = "08004",
    ProtocolViolation = "08P01",
    FeatureNotSupported = "0A000",
    CardinalityViolation = "21000",
    DataException = "22000",
    StringDataRightTruncation = "22001",
    NumericValueOutOfRange = "22003",
    NullValueNotAllowed = "22004",
    InvalidDatetimeFormat = "22007",
    DatetimeFieldOverflow = "22008",
    DivisionByZero = "22012",
    InvalidParameterValue = "22023",
    InvalidTextRepresentation = "22P02",
    InvalidBinaryRepresentation = "22P03",
    BadCopyFileFormat = "22P04",
    IntegrityConstraintViolation = "23000",
    RestrictViolation = "23001",
    NotNullViolation = "23502",
    ForeignKeyViolation = "23503",
    UniqueViolation = "23505",
    CheckViolation = "23514",
    ExclusionViolation = "23P01",
    InvalidTransactionState = "25000",
    ActiveSqlTransaction = "25001",
    ReadOnlySqlTransaction = "25006",
    NoActiveSqlTransaction = "25P01",
    InFailedSqlTransaction = "25P02",
    IdleInTransactionSessionTimeout = "25P03",
    TransactionTimeout = "25P04",
    TriggeredDataChangeViolation = "27000",
    InvalidAuthorizationSpecification = "28000",
    InvalidPassword = "28P01",
    DependentObjectsStillExist = "2BP01",
    InvalidTransactionTermination = "2D000",
    ExternalRoutineException = "38000",
    InvalidCatalogName = "3D000",
    InvalidSchemaName = "3F000",
    TransactionRollback = "40000",
    SerializationFailure = "40001",
    DeadlockDetected = "40P01",
    SyntaxErrorOrAccessRuleViolation = "42000",
    InsufficientPrivilege = "42501",
    SyntaxError = "42601",
    DuplicateColumn = "42701",
    AmbiguousColumn = "42702",
    UndefinedColumn = "42703",
    UndefinedObject = "42704",
    DuplicateObject = "42710",
    DuplicateFunction = "42723",
    GroupingError = "42803",
    DatatypeMismatch = "42804",
    WrongObjectType = "42809",
    CannotCoerce = "42846",
    UndefinedFunction = "42883",
    GeneratedAlways = "428C9",
    UndefinedTable = "42P01",
    UndefinedParameter = "42P02",
    DuplicateDatabase = "42P04",
    DuplicateSchema = "42P06",
    DuplicateTable = "42P07",
    AmbiguousParameter = "42P08",
    InvalidColumnReference = "42P10",
    /// Also raised for "infinite recursion detected in policy".
    InvalidObjectDefinition = "42P17",
    /// A new row violates a view's WITH CHECK OPTION. A violated *policy* is 42501 instead.
    WithCheckOptionViolation = "44000",
    InsufficientResources = "53000",
    DiskFull = "53100",
    OutOfMemory = "53200",
    TooManyConnections = "53300",
    ConfigurationLimitExceeded = "53400",
    ProgramLimitExceeded = "54000",
    StatementTooComplex = "54001",
    TooManyColumns = "54011",
    ObjectNotInPrerequisiteState = "55000",
    ObjectInUse = "55006",
    CantChangeRuntimeParam = "55P02",
    LockNotAvailable = "55P03",
    OperatorIntervention = "57000",
    QueryCanceled = "57014",
    AdminShutdown = "57P01",
    CrashShutdown = "57P02",
    CannotConnectNow = "57P03",
    DatabaseDropped = "57P04",
    IdleSessionTimeout = "57P05",
    SystemError = "58000",
    IoError = "58030",
    UndefinedFile = "58P01",
    FdwError = "HV000",
    /// RAISE EXCEPTION without a code of its own.
    RaiseException = "P0001",
    NoDataFound = "P0002",
    TooManyRows = "P0003",
    AssertFailure = "P0004",
    InternalError = "XX000",
}

impl SqlState {
    /// The first two characters: the kind of condition.
    pub fn class(&self) -> &str {
        &self.code()[..2]
    }

    /// The server said that the role may not do this: a missing grant, or a row that a policy refuses.
    pub fn is_denial(&self) -> bool {
        *self == SqlState::InsufficientPrivilege
    }

    /// A constraint stopped a write. Constraints see every row, so the answer may tell of rows that the role cannot see.
    pub fn is_constraint(&self) -> bool {
        self.class() == "23"
    }

    /// The session is over: network, shutdown, crash, or one of the timeouts that end a session.
    pub fn is_connection_loss(&self) -> bool {
        use SqlState::*;
        self.class() == "08"
            || matches!(
                self,
                AdminShutdown
                    | CrashShutdown
                    | CannotConnectNow
                    | DatabaseDropped
                    | IdleSessionTimeout
                    | IdleInTransactionSessionTimeout
                    | TransactionTimeout
            )
    }

    /// Memory, disk, connections or the operating system ran out: it says nothing about the statement.
    pub fn is_resource(&self) -> bool {
        matches!(self.class(), "53" | "54" | "58")
    }

    /// The same statement may succeed when tried again.
    pub fn is_transient(&self) -> bool {
        use SqlState::*;
        matches!(
            self,
            SerializationFailure | DeadlockDetected | LockNotAvailable
        )
    }

    /// A statement or lock ran into a limit of time, or someone cancelled it.
    pub fn is_cancellation(&self) -> bool {
        *self == SqlState::QueryCanceled
    }
}

impl fmt::Display for SqlState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

impl From<&tokio_postgres::error::SqlState> for SqlState {
    fn from(state: &tokio_postgres::error::SqlState) -> SqlState {
        SqlState::from(state.code())
    }
}

fn five(code: &str) -> [u8; 5] {
    let mut five = [b'?'; 5];
    for (to, from) in five.iter_mut().zip(code.bytes()) {
        if from.is_ascii_alphanumeric() {
            *to = from;
        }
    }
    five
}

#[cfg(test)]
mod tests {
    use super::SqlState;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_named_code_reads_back_as_itself() {
        for state in SqlState::NAMED {
            assert_eq!(SqlState::from(state.code()), *state);
            assert_eq!(state.to_string(), state.code());
            assert_eq!(state.code().len(), 5);
        }
    }

    #[test]
    fn no_code_is_named_twice() {
        let codes: BTreeSet<&str> = SqlState::NAMED.iter().map(SqlState::code).collect();
        assert_eq!(codes.len(), SqlState::NAMED.len());
    }

    #[test]
    fn an_unknown_code_survives() {
        let state = SqlState::from("RB000");
        assert_eq!(state, SqlState::Other(*b"RB000"));
        assert_eq!(state.code(), "RB000");
        assert_eq!(state.class(), "RB");
    }

    #[test]
    fn a_session_that_ended_is_told_from_a_statement_that_failed() {
        for code in [
            "08006", "08P01", "57P01", "57P02", "57P03", "57P05", "25P03", "08XYZ",
        ] {
            assert!(SqlState::from(code).is_connection_loss(), "{code}");
        }
        for code in ["57014", "42501", "25P02", "53300", "40001"] {
            assert!(!SqlState::from(code).is_connection_loss(), "{code}");
        }
    }

    #[test]
    fn only_insufficient_privilege_is_a_denial() {
        let denials: Vec<_> = SqlState::NAMED.iter().filter(|s| s.is_denial()).collect();
        assert_eq!(denials, [&SqlState::InsufficientPrivilege]);
    }

    proptest! {
        #[test]
        fn any_text_becomes_five_printable_characters(text in ".{0,8}") {
            let state = SqlState::from(text.as_str());
            prop_assert_eq!(state.code().len(), 5);
            prop_assert!(state.code().bytes().all(|b| b.is_ascii_graphic()));
            prop_assert_eq!(SqlState::from(state.code()), state);
        }
    }
}
