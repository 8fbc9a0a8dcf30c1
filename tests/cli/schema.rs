//! A small catalog and its tenancy, written by hand.
use std::collections::BTreeMap;
use watertight::catalog::*;
use watertight::cli::Survey;
use watertight::tenancy::*;

const USERS: Oid = 1;
const ORGANIZATIONS: Oid = 2;
const CONTACTS: Oid = 3;
const TASKS: Oid = 4;
const PLANS: Oid = 5;
const INBOX: Oid = 6;
const LOG: Oid = 7;
const OVERVIEW: Oid = 8;
const MEMBERS: Oid = 9;

pub fn survey() -> Survey {
    Survey {
        catalog: catalog(),
        tenancy: tenancy(),
    }
}

fn catalog() -> Catalog {
    let table = |oid, name: &str, columns: &[&str]| relation(oid, "public", name, columns);
    Catalog {
        version: 150_018,
        relations: vec![
            Relation {
                platform: true,
                ..relation(USERS, "auth", "users", &["id"])
            },
            table(CONTACTS, "contacts", &["id", "org_id"]),
            Relation {
                kind: RelationKind::View,
                ..table(OVERVIEW, "contacts_overview", &["id"])
            },
            table(INBOX, "inbox", &["id", "org_id", "user_id"]),
            table(LOG, "log", &["id"]),
            table(MEMBERS, "members", &["user_id", "org_id", "rank"]),
            table(ORGANIZATIONS, "organizations", &["id"]),
            table(PLANS, "plans", &["id"]),
            table(TASKS, "tasks", &["id", "contact_id"]),
        ],
        functions: vec![
            function("org_of", &["uuid"], "uuid"),
            function("on_insert", &[], "trigger"),
        ],
        ..Catalog::default()
    }
}

fn tenancy() -> Tenancy {
    let column = |relation, column| ColumnRef { relation, column };
    Tenancy {
        keys: vec![
            Key {
                columns: vec![column(ORGANIZATIONS, 1), column(CONTACTS, 2)],
                root: Some(column(ORGANIZATIONS, 1)),
                type_name: "uuid".into(),
                name: "organizations.id".into(),
            },
            Key {
                columns: vec![column(USERS, 1)],
                root: Some(column(USERS, 1)),
                type_name: "uuid".into(),
                name: "users.id".into(),
            },
        ],
        tenant: Some(KeyId(0)),
        user: Some(KeyId(1)),
        scopes: scopes(),
        claims: vec![Claim {
            setting: "request.jwt.claims".into(),
            path: vec!["user_metadata".into(), "org_id".into()],
            meaning: ClaimMeaning::Key(KeyId(0)),
            user_editable: true,
        }],
        memberships: vec![Membership {
            relation: MEMBERS,
            user_column: 1,
            tenant_column: 2,
            rank: Some((3, vec!["owner".into(), "member".into()])),
        }],
        roles: Roles {
            login: "authenticator".into(),
            members: vec!["authenticated".into()],
            anonymous: vec!["anon".into()],
            trusted: vec!["service_role".into()],
            ..Roles::default()
        },
        evidence: vec!["2 policies compare org_id with request.jwt.claims".into()],
        ..Tenancy::default()
    }
}

fn scopes() -> BTreeMap<Oid, Scope> {
    let key = |column, key| Scope::Owned {
        paths: vec![OwnerPath::Key {
            column,
            key: KeyId(key),
        }],
        user_private: false,
    };
    let mut scopes = BTreeMap::from([
        (ORGANIZATIONS, key(1, 0)),
        (CONTACTS, key(2, 0)),
        (MEMBERS, key(2, 0)),
    ]);
    scopes.insert(
        TASKS,
        Scope::Owned {
            paths: vec![OwnerPath::Parent {
                columns: vec![2],
                target: CONTACTS,
                target_columns: vec![1],
            }],
            user_private: false,
        },
    );
    scopes.insert(
        INBOX,
        Scope::Owned {
            paths: vec![
                OwnerPath::Key {
                    column: 2,
                    key: KeyId(0),
                },
                OwnerPath::Key {
                    column: 3,
                    key: KeyId(1),
                },
            ],
            user_private: true,
        },
    );
    scopes.insert(
        PLANS,
        Scope::Shared {
            reason: "no column says whose a \"plan\" is".into(),
        },
    );
    scopes
}

pub fn relation(oid: Oid, schema: &str, name: &str, columns: &[&str]) -> Relation {
    let columns = columns.iter().zip(1..).map(|(name, number)| Column {
        number,
        name: (*name).into(),
        type_name: "uuid".into(),
        type_oid: 2950,
        type_modifier: -1,
        not_null: true,
        default: None,
        generated: Generated::No,
    });
    Relation {
        oid,
        schema: schema.into(),
        name: name.into(),
        kind: RelationKind::Table,
        owner: 10,
        platform: false,
        rls: true,
        force_rls: false,
        columns: columns.collect(),
        primary_key: vec![1],
        uniques: Vec::new(),
        indexes: Vec::new(),
        checks: Vec::new(),
        foreign_keys: Vec::new(),
        exclusions: Vec::new(),
        policies: Vec::new(),
        triggers: Vec::new(),
        grants: Vec::new(),
        parents: Vec::new(),
        is_partition: false,
        partition_bound: None,
        partition_key: None,
        definition: None,
        security_invoker: false,
        security_barrier: false,
        reads: Vec::new(),
        updatable: (false, false, false),
        rules: Vec::new(),
        publications: Vec::new(),
        extension: None,
    }
}

fn function(name: &str, arguments: &[&str], returns: &str) -> Function {
    let arguments = arguments.iter().map(|type_name| Argument {
        name: None,
        type_name: (*type_name).into(),
        type_oid: 2950,
        has_default: false,
        variadic: false,
    });
    Function {
        oid: 100,
        schema: "public".into(),
        name: name.into(),
        kind: FunctionKind::Function,
        owner: 10,
        platform: false,
        language: "sql".into(),
        definer: true,
        volatility: Volatility::Stable,
        leakproof: false,
        strict: false,
        returns_set: false,
        returns: returns.into(),
        returns_oid: 2950,
        arguments: arguments.collect(),
        outputs: Vec::new(),
        body: String::new(),
        settings: Vec::new(),
        grants: Vec::new(),
    }
}
