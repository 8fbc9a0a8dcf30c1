//! The forms in which policies ask whose row it is; all of them show a member the same rows.
use super::Layout;
use tokio_postgres::Client;

/// One policy for reading and writing, on every table that is read.
#[derive(Debug, PartialEq)]
pub struct Policy {
    pub name: &'static str,
    /// Read from tables whose status is an enum.
    pub is_enumerated: bool,
    using: &'static str,
    /// Whether PostgreSQL can find the tenant's rows by an index.
    pub finds_rows: bool,
}

const fn policy(name: &'static str, finds_rows: bool, using: &'static str) -> Policy {
    Policy {
        name,
        is_enumerated: false,
        using,
        finds_rows,
    }
}

/// What the query is compared with: a role that bypasses row security and says the tenant in the query itself.
pub const BYPASS: Policy = policy("bypass", true, "false");

/// What an advisor asks that runs as a superuser: the application's query, which leaves the tenant to the policy, without one.
pub const BLIND: Policy = policy("blind", false, "false");

pub static ALL: [Policy; 10] = [
    BYPASS,
    policy(
        "function",
        true,
        "workspace_id = strategies.current_workspace_id()",
    ),
    policy(
        "wrapped",
        true,
        "workspace_id = (select strategies.current_workspace_id())",
    ),
    policy(
        "any-array",
        true,
        "workspace_id = any (array(select member.workspace_id from public.workspace_members as member
         where member.user_id = (select auth.uid())))",
    ),
    Policy {
        is_enumerated: true,
        ..policy(
            "wrapped-enum",
            true,
            "workspace_id = (select strategies.current_workspace_id())",
        )
    },
    policy(
        "in",
        false,
        "workspace_id in (select member.workspace_id from public.workspace_members as member
         where member.user_id = (select auth.uid()))",
    ),
    policy(
        "exists",
        false,
        "exists (select from public.workspace_members as member
         where member.workspace_id = {table}.workspace_id and member.user_id = (select auth.uid()))",
    ),
    policy(
        "or-super-admin",
        false,
        "workspace_id = (select strategies.current_workspace_id()) or (select strategies.is_super_admin())",
    ),
    policy(
        "volatile",
        false,
        "workspace_id = strategies.unmarked_workspace_id()",
    ),
    // The system's own.
    policy(
        "row-function",
        false,
        "public.user_has_workspace_access(workspace_id)",
    ),
];

/// The policy of that name.
pub fn named(name: &str) -> &'static Policy {
    let found = ALL.iter().find(|policy| policy.name == name);
    found.unwrap_or_else(|| panic!("no policy is called {name}"))
}

impl Policy {
    /// The name of the role that asks under it.
    pub fn role(&self) -> &'static str {
        match self.bypasses() || self.name == BLIND.name {
            true => "service_role",
            false => "authenticated",
        }
    }

    /// Whether the query must say whose rows it wants.
    pub fn bypasses(&self) -> bool {
        self.name == BYPASS.name
    }

    /// Puts it on the tables of a layout.
    pub async fn set(&self, client: &Client, layout: Layout) {
        let schema = layout.schema();
        let tables = [
            (schema, "leads"),
            (schema, "channel_outbox"),
            ("strategies", "lead_activities"),
        ];
        let set = |(schema, table): (&str, &str)| {
            let using = self.using.replace("{table}", table);
            format!("alter policy tenant on {schema}.{table} using ({using});")
        };
        let sql: String = tables.into_iter().map(set).collect();
        client
            .batch_execute(&sql)
            .await
            .expect("the policy can be set");
    }
}
