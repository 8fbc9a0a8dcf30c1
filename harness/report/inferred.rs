//! What was inferred of a database, in words: what would be attacked, as whom, and what not and why.
use super::plain::{counted, one_line};
use crate::catalog::{Catalog, Function, Oid, Relation, RelationKind};
use crate::tenancy::{Claim, ClaimMeaning, ColumnRef, KeyId, OwnerPath, Scope, Tenancy};

/// The answer of `watertight list DIR` for one system.
pub fn describe(system: &str, catalog: &Catalog, tenancy: &Tenancy) -> String {
    let mut page = Page::new(system);
    page.rows("tenancy", &people(catalog, tenancy));
    let evidence: Vec<[String; 2]> = tenancy
        .evidence
        .iter()
        .map(|sentence| [one_line(sentence), String::new()])
        .collect();
    page.rows("because", &evidence);
    let (mut attacked, mut shared, mut left) = (Vec::new(), Vec::new(), Vec::new());
    for relation in &catalog.relations {
        match fate(relation, catalog, tenancy) {
            Fate::Attacked(how) => attacked.push([name(relation), how]),
            Fate::Shared(reason) => shared.push([name(relation), reason]),
            Fate::Left(reason) => left.push([name(relation), reason]),
            Fate::Unmentioned => {}
        }
    }
    for function in catalog.functions.iter().filter(|f| is_called(f)) {
        let rights = match function.definer {
            true => "function with its owner's rights",
            false => "function with its caller's rights",
        };
        attacked.push([signature(function), rights.to_owned()]);
    }
    page.rows("attacked", &attacked);
    page.rows("shared: reading is no leak, writing is", &shared);
    page.rows("not attacked", &left);
    page.text
}

struct Page {
    text: String,
}

impl Page {
    fn new(title: &str) -> Page {
        Page {
            text: format!("{}\n", one_line(title)),
        }
    }

    /// A heading and aligned rows; nothing when there are none.
    fn rows(&mut self, heading: &str, rows: &[[String; 2]]) {
        if rows.is_empty() {
            return;
        }
        const WIDEST: usize = 44;
        let width = rows
            .iter()
            .map(|[left, _]| left.chars().count())
            .filter(|width| *width <= WIDEST)
            .max()
            .unwrap_or(0);
        self.text.push_str(&format!("\n  {heading}\n"));
        for [left, right] in rows {
            let line = format!("    {left:width$}  {right}");
            self.text.push_str(line.trim_end());
            self.text.push('\n');
        }
    }
}

fn people(catalog: &Catalog, tenancy: &Tenancy) -> Vec<[String; 2]> {
    let mut rows = Vec::new();
    let mut row = |left: &str, right: String| rows.push([left.to_owned(), right]);
    row("a tenant is", key_words(catalog, tenancy, tenancy.tenant));
    row("a user is", key_words(catalog, tenancy, tenancy.user));
    for membership in &tenancy.memberships {
        let columns = [membership.user_column, membership.tenant_column];
        let columns = columns.map(|column| column_name(catalog, membership.relation, column));
        let ranks = membership
            .rank
            .as_ref()
            .map_or_else(String::new, |(column, ranks)| {
                let column = column_name(catalog, membership.relation, *column);
                format!("; {column} is {}", ranks.join(", "))
            });
        let table = relation_name(catalog, membership.relation);
        row(
            "members are in",
            format!("{table} ({}){ranks}", columns.join(", ")),
        );
    }
    let roles = &tenancy.roles;
    let made = match roles.made {
        true => " (made by watertight: the schema has none)",
        false => "",
    };
    row("attackers log in as", format!("{}{made}", roles.login));
    row("and take the roles", roles.members.join(", "));
    if !roles.anonymous.is_empty() {
        row("or, not signed in", roles.anonymous.join(", "));
    }
    if !roles.trusted.is_empty() {
        row("trusted with every row", roles.trusted.join(", "));
    }
    for claim in &tenancy.claims {
        row("the caller is told by", claim_words(tenancy, claim));
    }
    rows.retain(|[_, right]| !right.is_empty());
    rows
}

fn key_words(catalog: &Catalog, tenancy: &Tenancy, key: Option<KeyId>) -> String {
    let Some(key) = key.and_then(|KeyId(index)| tenancy.keys.get(index)) else {
        return "not known; name it in watertight.toml".to_owned();
    };
    let root = key
        .root
        .map_or_else(|| key.name.clone(), |root| column_ref(catalog, root));
    let columns = counted(key.columns.len(), "column");
    format!("{root} ({}), held by {columns}", key.type_name)
}

fn claim_words(tenancy: &Tenancy, claim: &Claim) -> String {
    let path: String = claim.path.iter().map(|part| format!(" → {part}")).collect();
    let meaning = match &claim.meaning {
        ClaimMeaning::Key(key) if Some(*key) == tenancy.user => ": the user".to_owned(),
        ClaimMeaning::Key(key) if Some(*key) == tenancy.tenant => ": the tenant".to_owned(),
        ClaimMeaning::Key(KeyId(index)) => tenancy
            .keys
            .get(*index)
            .map_or_else(String::new, |key| format!(": {}", key.name)),
        ClaimMeaning::Literals(values) => format!(": one of {}", values.join(", ")),
        ClaimMeaning::Role => ": the role".to_owned(),
        ClaimMeaning::Unknown => ": not known what".to_owned(),
    };
    let editable = match claim.user_editable {
        true => " (users can edit it)",
        false => "",
    };
    one_line(&format!("{}{path}{meaning}{editable}", claim.setting))
}

enum Fate {
    Attacked(String),
    Shared(String),
    Left(String),
    /// The platform's own, without tenants' rows.
    Unmentioned,
}

fn fate(relation: &Relation, catalog: &Catalog, tenancy: &Tenancy) -> Fate {
    let kind = kind_words(relation);
    match tenancy.scope(relation.oid) {
        Some(Scope::Owned { paths, .. }) if paths.is_empty() => {
            Fate::Left(format!("{kind}: nothing says whose its rows are"))
        }
        Some(Scope::Owned {
            paths,
            user_private,
        }) => {
            let paths: Vec<String> = paths
                .iter()
                .map(|path| path_words(catalog, tenancy, relation.oid, path))
                .collect();
            let private = match user_private {
                true => "; each user's own",
                false => "",
            };
            Fate::Attacked(format!("{kind}, whose by {}{private}", paths.join(", or ")))
        }
        Some(Scope::Shared { .. }) if relation.platform => Fate::Unmentioned,
        Some(Scope::Shared { reason }) => Fate::Shared(one_line(reason)),
        None if relation.platform || relation.kind == RelationKind::Sequence => Fate::Unmentioned,
        None => match relation.kind {
            RelationKind::View | RelationKind::MaterializedView => Fate::Attacked(kind.to_owned()),
            _ => Fate::Left(format!("{kind}: nothing says whose its rows are")),
        },
    }
}

fn path_words(catalog: &Catalog, tenancy: &Tenancy, relation: Oid, path: &OwnerPath) -> String {
    match path {
        OwnerPath::Key { column, key } => {
            let column = column_name(catalog, relation, *column);
            match tenancy.keys.get(key.0) {
                Some(known) if Some(*key) != tenancy.tenant => {
                    format!("{column} ({})", known.name)
                }
                _ => column,
            }
        }
        OwnerPath::Folder { column } => {
            let column = column_name(catalog, relation, *column);
            format!("the folders in {column}")
        }
        OwnerPath::Parent {
            columns, target, ..
        } => {
            let columns: Vec<String> = columns
                .iter()
                .map(|column| column_name(catalog, relation, *column))
                .collect();
            let target = relation_name(catalog, *target);
            format!("{} → {target}", columns.join(", "))
        }
    }
}

fn kind_words(relation: &Relation) -> &'static str {
    match relation.kind {
        RelationKind::Table if relation.is_partition => "partition",
        RelationKind::Table => "table",
        RelationKind::Partitioned => "partitioned table",
        RelationKind::View if relation.security_invoker => "view with its caller's rights",
        RelationKind::View => "view with its owner's rights",
        RelationKind::MaterializedView => "materialized view",
        RelationKind::ForeignTable => "foreign table",
        RelationKind::Sequence => "sequence",
    }
}

/// Functions that a statement can call, of the user's own schemas.
fn is_called(function: &Function) -> bool {
    !function.platform && !matches!(&*function.returns, "trigger" | "event_trigger")
}

fn signature(function: &Function) -> String {
    let arguments: Vec<&str> = function
        .arguments
        .iter()
        .map(|argument| &*argument.type_name)
        .collect();
    let arguments = arguments.join(", ");
    one_line(&format!(
        "{}.{}({arguments})",
        function.schema, function.name
    ))
}

fn name(relation: &Relation) -> String {
    one_line(&format!("{}.{}", relation.schema, relation.name))
}

pub(super) fn relation_name(catalog: &Catalog, oid: Oid) -> String {
    catalog
        .relations
        .iter()
        .find(|relation| relation.oid == oid)
        .map_or_else(|| format!("relation {oid}"), name)
}

pub(super) fn column_name(catalog: &Catalog, oid: Oid, number: i16) -> String {
    catalog
        .relations
        .iter()
        .find(|relation| relation.oid == oid)
        .and_then(|relation| {
            relation
                .columns
                .iter()
                .find(|column| column.number == number)
        })
        .map_or_else(
            || format!("column {number}"),
            |column| one_line(&column.name),
        )
}

pub(super) fn column_ref(catalog: &Catalog, column: ColumnRef) -> String {
    let table = relation_name(catalog, column.relation);
    let column = column_name(catalog, column.relation, column.column);
    format!("{table}.{column}")
}
