//! Other ways to write a policy, so that the server asks once for all rows and an index finds them. Whether one is right is
//! for a trial to say.
use super::form::{Forms, Site, SiteKind};
use super::index::shown;
use crate::catalog::{Catalog, Function, FunctionKind, Policy, Relation, Volatility};
use crate::sql::names;
use crate::tenancy::{Claim, ClaimMeaning, ColumnRef, KeyId, Tenancy};

/// A way to write the policy that may be right.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposal {
    /// Statements that come before it.
    pub before: Vec<String>,
    pub using: String,
}

/// The name in proposed subqueries; a policy's own names shall not meet it.
const ALIAS: &str = "m";

/// Everything that a proposal is made from.
pub struct Proposals<'a> {
    pub catalog: &'a Catalog,
    pub tenancy: &'a Tenancy,
    pub relation: &'a Relation,
    /// The role that members take: it must be able to call what is made for it.
    pub role: &'a str,
}

/// A table's name, quoted only where it must be.
pub fn named(table: &Relation) -> String {
    format!("{}.{}", shown(&table.schema), shown(&table.name))
}

/// How a function of the row is asked beforehand.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Way {
    /// For the tenants of the caller's memberships in one of the tables of them, in the policy itself.
    Memberships(usize),
    /// The same in a function with its owner's rights, because the caller may not read memberships.
    Definer(usize),
    /// For every tenant that the caller may see.
    Roots,
}

impl Proposals<'_> {
    /// The likeliest first. None where nothing better is known.
    pub fn of(&self, policy: &Policy) -> Vec<Proposal> {
        let Some(text) = &policy.using else {
            return Vec::new();
        };
        let forms = Forms {
            catalog: self.catalog,
            relation: self.relation,
        };
        let sites = forms.sites(text);
        let mut found: Vec<Proposal> = Vec::new();
        let tables = 0..self.tenancy.memberships.len();
        let ways = tables.clone().map(Way::Memberships);
        let ways = ways.chain(tables.map(Way::Definer)).chain([Way::Roots]);
        for way in ways {
            if let Some(proposal) = self.rewritten(text, &sites, way)
                && !found.contains(&proposal)
            {
                found.push(proposal);
            }
        }
        found
    }

    /// The expression with every site written anew; `None` when one cannot be.
    fn rewritten(&self, text: &str, sites: &[Site], way: Way) -> Option<Proposal> {
        if sites.is_empty() {
            return None;
        }
        let mut before = Vec::new();
        let mut using = String::new();
        let mut copied = 0;
        for site in sites {
            using.push_str(&text[copied..site.span.start]);
            using.push_str(&self.site(&site.kind, way, &mut before)?);
            copied = site.span.end;
        }
        using.push_str(&text[copied..]);
        let using = using.split_whitespace().collect::<Vec<_>>().join(" ");
        Some(Proposal { before, using })
    }

    fn site(&self, kind: &SiteKind, way: Way, before: &mut Vec<String>) -> Option<String> {
        let listed = |column: &str, query: &str| {
            let column = shown(column);
            format!("({column} = ANY (ARRAY({query})))")
        };
        match kind {
            SiteKind::In { column, query } => Some(listed(column, query)),
            SiteKind::Exists { column, query } => Some(listed(column, query.as_deref()?)),
            SiteKind::Volatile { value, .. } => Some(format!("(SELECT {value})")),
            SiteKind::VolatileArray { value, .. } => Some(format!("ARRAY(SELECT unnest({value}))")),
            SiteKind::Function { name, column, call } => {
                let query = self.asked_before(column, name, call, way, before)?;
                Some(listed(column, &query))
            }
            SiteKind::Open { .. } => None,
        }
    }

    /// The query of all values of the column's key for which the function says yes.
    fn asked_before(
        &self,
        column: &str,
        function: &str,
        call: &(String, String),
        way: Way,
        before: &mut Vec<String>,
    ) -> Option<String> {
        let of = self.relation.column_named(column)?;
        let key = self.tenancy.key_of(ColumnRef {
            relation: self.relation.oid,
            column: of.number,
        })?;
        match way {
            Way::Roots => {
                let root = self.tenancy.keys[key.0].root?;
                let table = self.catalog.relation(root.relation)?;
                let name = format!("{ALIAS}.{}", shown(&table.column(root.column)?.name));
                let asked = format!("{}{name}{}", call.0, call.1);
                Some(format!(
                    "SELECT {name} FROM {} {ALIAS} WHERE {asked}",
                    named(table)
                ))
            }
            Way::Memberships(table) => self.memberships(table, key, function, call),
            Way::Definer(table) => {
                let query = self.memberships(table, key, function, call)?;
                let table = self.relation;
                let name = format!(
                    "{}.{}",
                    shown(&table.schema),
                    shown(&format!("{column}s_of_caller"))
                );
                before.push(format!(
                    "CREATE FUNCTION {name}() RETURNS SETOF {} LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $${query}$$",
                    of.type_name
                ));
                let role = shown(self.role);
                before.push(format!("GRANT EXECUTE ON FUNCTION {name}() TO {role}"));
                Some(format!("SELECT {name}()"))
            }
        }
    }

    fn memberships(
        &self,
        at: usize,
        key: KeyId,
        function: &str,
        call: &(String, String),
    ) -> Option<String> {
        let caller = self.caller()?;
        let joins = |m: &&crate::tenancy::Membership| {
            let tenant = ColumnRef {
                relation: m.relation,
                column: m.tenant_column,
            };
            self.tenancy.key_of(tenant) == Some(key)
        };
        let membership = self.tenancy.memberships.get(at).filter(joins)?;
        let table = self.catalog.relation(membership.relation)?;
        // Only what the function itself reads can hold every tenant that it says yes to: a user's own pointer to one tenant
        // would do for those who belong to no other, and for nobody else.
        if !self.reads(function, &table.name) {
            return None;
        }
        let column = |number| Some(format!("{ALIAS}.{}", shown(&table.column(number)?.name)));
        let (tenant, user) = (
            column(membership.tenant_column)?,
            column(membership.user_column)?,
        );
        let asked = format!("{}{tenant}{}", call.0, call.1);
        Some(format!(
            "SELECT {tenant} FROM {} {ALIAS} WHERE {user} = (SELECT {caller}) AND {asked}",
            named(table)
        ))
    }

    /// Whether a function reads a table, by itself or by one that it calls, however indirectly.
    fn reads(&self, function: &str, table: &str) -> bool {
        let mut found: Vec<&Function> = self.catalog.functions_named(function).collect();
        let mut at = 0;
        while let Some(next) = found.get(at).copied() {
            if names(&next.body, table) {
                return true;
            }
            let called = self.catalog.functions.iter().filter(|other| {
                names(&next.body, &other.name) && found.iter().all(|known| known.oid != other.oid)
            });
            let called: Vec<&Function> = called.collect();
            found.extend(called);
            at += 1;
        }
        false
    }

    /// A call that gives the caller's own id: of a function that does nothing but read a claim that holds it.
    fn caller(&self) -> Option<String> {
        let user = self.tenancy.user?;
        let kind = &self.tenancy.keys[user.0].type_name;
        let says_user = |claim: &&Claim| claim.meaning == ClaimMeaning::Key(user);
        let claims: Vec<&Claim> = self.tenancy.claims.iter().filter(says_user).collect();
        let gives = |function: &&Function| {
            function.arguments.is_empty()
                && !function.returns_set
                && function.kind == FunctionKind::Function
                && function.volatility != Volatility::Volatile
                && function.returns == *kind
                && claims
                    .iter()
                    .any(|claim| function.body.contains(&claim.setting))
        };
        // The platform's own is what everybody calls.
        let mut functions: Vec<&Function> = self.catalog.functions.iter().filter(gives).collect();
        functions.sort_by_key(|function| (!function.platform, function.body.len()));
        let function = functions.first()?;
        Some(format!(
            "{}.{}()",
            shown(&function.schema),
            shown(&function.name)
        ))
    }
}
