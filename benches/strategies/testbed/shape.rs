//! The questions that an application asks of its tenant's rows. Who they belong to is left to the policy.
use super::Tenant;

/// One query. `{own}` is empty for tenants; a role that bypasses row security says there whose rows it wants.
#[derive(Debug, PartialEq)]
pub struct Shape {
    pub name: &'static str,
    pub table: &'static str,
    /// Whether rows come in an order that an index of the right columns has.
    pub is_ordered: bool,
    sql: &'static str,
}

const fn shape(
    name: &'static str,
    table: &'static str,
    is_ordered: bool,
    sql: &'static str,
) -> Shape {
    Shape {
        name,
        table,
        is_ordered,
        sql,
    }
}

pub static ALL: [Shape; 9] = [
    shape(
        "list",
        "leads",
        true,
        "select id, first_name, score, created_at from leads
         where {own}status = 'new' order by created_at desc limit 50",
    ),
    // The advice of every guide: say the tenant in the query as well.
    shape(
        "list-filtered",
        "leads",
        true,
        "select id, first_name, score, created_at from leads
         where workspace_id = '{workspace}' and status = 'new' order by created_at desc limit 50",
    ),
    shape(
        "page",
        "leads",
        true,
        "select id, first_name, score, created_at from leads
         where {own}status = 'new' and created_at < '{page}' order by created_at desc limit 50",
    ),
    shape(
        "top",
        "leads",
        true,
        "select id, first_name, score from leads where {own}true order by score desc limit 10",
    ),
    shape(
        "count",
        "leads",
        false,
        "select status, count(*) from leads where {own}true group by status",
    ),
    shape(
        "look-up",
        "leads",
        false,
        "select id, first_name, email, score from leads where {own}id = '{lead}'",
    ),
    shape(
        "by-email",
        "leads",
        false,
        "select id, first_name, score from leads where {own}lower(email) = lower('{email}')",
    ),
    // As a queue is polled: what is due, first come, first served, each message to one worker.
    shape(
        "poll",
        "channel_outbox",
        true,
        "select id, recipient, subject from channel_outbox
         where {own}status in ('scheduled', 'pending') and scheduled_at <= '2025-12-31 12:00Z'
         order by scheduled_at limit 20 for update skip locked",
    ),
    shape(
        "join",
        "leads",
        true,
        "select leads.id, leads.first_name, activity.kind, activity.occurred_at
         from leads join lead_activities as activity on activity.lead_id = leads.id
         where {own}leads.status = 'new' order by leads.created_at desc limit 50",
    ),
];

/// The shape of that name.
pub fn named(name: &str) -> &'static Shape {
    let found = ALL.iter().find(|shape| shape.name == name);
    found.unwrap_or_else(|| panic!("no shape is called {name}"))
}

impl Shape {
    /// The query of one tenant.
    pub fn sql(&self, tenant: &Tenant, bypasses: bool) -> String {
        let own = match bypasses {
            true => format!("{}.workspace_id = '{}' and ", self.table, tenant.workspace),
            false => String::new(),
        };
        self.sql
            .replace("{own}", &own)
            .replace("{workspace}", &tenant.workspace)
            .replace("{page}", &tenant.page)
            .replace("{lead}", &tenant.lead)
            .replace("{email}", &tenant.email)
    }
}
