//! How far a move of tenants has come, folded from catalogs that are written by hand.
mod columns;
mod policies;

use crate::cli::schema::relation;
use watertight::catalog::*;
use watertight::status::observe::Observed;
use watertight::status::{Outline, Stage, Status, Table, fold};
use watertight::tenancy::{ColumnRef, Key, KeyId, OwnerPath, Scope, Tenancy, conventions, infer};

const USERS: Oid = 1;
const ORGANIZATIONS: Oid = 2;
const PROFILES: Oid = 3;
const ORDERS: Oid = 4;
const ITEMS: Oid = 5;
const LETTERS: Oid = 6;

/// Conditions of the old and of the new model, as PostgreSQL prints them.
const OLD: &str = "(owner_id = (current_setting('app.user'::text))::uuid)";
const NEW: &str = "(org_id IN ( SELECT profiles.org_id FROM public.profiles \
     WHERE (profiles.id = (current_setting('app.user'::text))::uuid)))";

/// Orders, with items below them, and letters: what the tests are about.
struct Shop {
    catalog: Catalog,
    observed: Observed,
}

impl Shop {
    /// Everything moved to organizations.
    fn moved() -> Shop {
        let columns = ["id", "owner_id", "org_id"];
        let table = |oid, name, columns: &[&str]| Relation {
            foreign_keys: references(columns),
            indexes: indexes(columns),
            uniques: vec![Unique {
                name: "by_id".into(),
                index: 0,
                columns: vec![1],
                primary: true,
                predicate: None,
                expressions: Vec::new(),
                nulls_not_distinct: false,
            }],
            ..relation(oid, "public", name, columns)
        };
        let users = Relation {
            platform: true,
            ..relation(USERS, "auth", "users", &["id"])
        };
        let mut profiles = table(PROFILES, "profiles", &["id", "org_id"]);
        profiles.foreign_keys.push(reference(1, USERS));
        let mut items = table(ITEMS, "items", &["id", "order_id"]);
        items.foreign_keys.push(reference(2, ORDERS));
        let relations = vec![
            users,
            items,
            table(LETTERS, "letters", &columns),
            table(ORDERS, "orders", &columns),
            relation(ORGANIZATIONS, "public", "organizations", &["id"]),
            profiles,
        ];
        let catalog = Catalog {
            relations,
            ..Catalog::default()
        };
        let shop = Shop {
            catalog,
            observed: Observed::default(),
        };
        let by_order = format!(
            "(EXISTS ( SELECT 1 FROM public.orders o WHERE ((o.id = items.order_id) AND {})))",
            NEW.replace("(org_id", "(o.org_id")
        );
        shop.policy(LETTERS, "letters_org", NEW)
            .policy(ORDERS, "orders_org", NEW)
            .policy(ITEMS, "items_org", &by_order)
    }

    fn table(&mut self, oid: Oid) -> &mut Relation {
        let mut relations = self.catalog.relations.iter_mut();
        relations.find(|relation| relation.oid == oid).unwrap()
    }

    /// Adds a policy for ALL.
    fn policy(mut self, on: Oid, name: &str, using: &str) -> Shop {
        let policies = &mut self.table(on).policies;
        policies.push(Policy {
            oid: on * 100 + Oid::try_from(policies.len()).unwrap(),
            name: name.into(),
            permissive: true,
            command: PolicyCommand::All,
            roles: vec![0],
            using: Some(using.into()),
            check: None,
        });
        self
    }

    /// With something else about one table.
    fn with(mut self, oid: Oid, change: impl FnOnce(&mut Relation)) -> Shop {
        change(self.table(oid));
        self
    }

    fn tenancy(&self) -> Tenancy {
        infer(&self.catalog, &[])
    }

    fn status(&self) -> Status {
        self.status_by(&self.tenancy())
    }

    fn status_by(&self, tenancy: &Tenancy) -> Status {
        let alternatives = conventions(&self.catalog, tenancy);
        let outline = Outline::of(&self.catalog, tenancy, &alternatives).unwrap();
        fold(
            &self.catalog,
            tenancy,
            &alternatives,
            &outline,
            &self.observed,
        )
    }

    fn of(&self, name: &str) -> Table {
        let status = self.status();
        let found = status.tables.iter().find(|table| table.name == name);
        found.unwrap_or_else(|| panic!("{status:#?}")).clone()
    }

    fn letters(&self) -> Table {
        self.of("public.letters")
    }

    fn items(&self) -> Table {
        self.of("public.items")
    }
}

/// Owners are users, and organizations are organizations.
fn references(columns: &[&str]) -> Vec<ForeignKey> {
    let target = |name: &str| match name {
        "owner_id" => Some(USERS),
        "org_id" => Some(ORGANIZATIONS),
        _ => None,
    };
    let numbered = columns.iter().zip(1..);
    numbered
        .filter_map(|(name, number)| Some(reference(number, target(name)?)))
        .collect()
}

fn reference(column: i16, target: Oid) -> ForeignKey {
    ForeignKey {
        name: format!("to_{target}"),
        oid: 0,
        columns: vec![column],
        target,
        target_columns: vec![1],
        validated: true,
        deferrable: false,
        on_delete: 'a',
        on_update: 'a',
    }
}

/// One for each column.
fn indexes(columns: &[&str]) -> Vec<Index> {
    let numbered = columns.iter().zip(1..);
    numbered
        .map(|(name, number)| Index {
            name: format!("by_{name}"),
            method: "btree".into(),
            columns: vec![number],
            predicate: None,
            valid: true,
        })
        .collect()
}

#[test]
fn a_schema_that_was_moved_wholly_is_moved_wholly() {
    let status = Shop::moved().status();
    assert_eq!(status.new, "public.organizations.id");
    assert_eq!(status.old, ["auth.users.id"]);
    assert_eq!((status.moved(), status.percent()), (3, 100), "{status:#?}");
    assert_eq!(status.without_new_column().count(), 0);
    assert_eq!(status.with_old_policies().count(), 0);
}

#[test]
fn tables_of_keys_and_memberships_are_not_counted() {
    let status = Shop::moved().status();
    let left: Vec<&str> = status.left_out.iter().map(|left| &*left.table).collect();
    assert_eq!(left, ["public.organizations", "public.profiles"]);
}

#[test]
fn where_each_user_is_a_tenant_nothing_moves() {
    let mut shop = Shop::moved();
    for oid in [LETTERS, ORDERS, ITEMS] {
        shop.table(oid).policies.clear();
    }
    // Three tables refer to organizations already, but nobody asks for them yet.
    shop.table(ITEMS)
        .foreign_keys
        .push(reference(2, ORGANIZATIONS));
    let shop = shop.policy(LETTERS, "own", OLD).policy(ORDERS, "own", OLD);
    let status = shop.status();
    assert!(!status.moves(), "{status:#?}");
    assert_eq!(status.new, "auth.users.id");
    let candidate = status.candidate.unwrap();
    assert_eq!(candidate.column, "public.organizations.id");
}

#[test]
fn a_table_that_was_forgotten_is_on_both_lists() {
    let shop = Shop::moved().with(LETTERS, |letters| {
        letters.columns.pop();
        letters.foreign_keys.pop();
        letters.policies.clear();
    });
    let status = shop.policy(LETTERS, "letters_own", OLD).status();
    let names = |tables: Vec<&Table>| -> Vec<String> {
        tables.into_iter().map(|table| table.name.clone()).collect()
    };
    assert_eq!(
        names(status.at(Stage::NotBegun).collect()),
        ["public.letters"]
    );
    assert_eq!(
        names(status.without_new_column().collect()),
        ["public.letters"]
    );
    assert_eq!(
        names(status.with_old_policies().collect()),
        ["public.letters"]
    );
    assert_eq!(status.percent(), 66);
}

#[test]
fn the_key_of_a_table_that_belongs_to_tenants_is_a_parent_and_no_older_model() {
    let shop = Shop::moved();
    let mut tenancy = shop.tenancy();
    let column = |relation, column| ColumnRef { relation, column };
    let by_order = KeyId(tenancy.keys.len());
    tenancy.keys.push(Key {
        columns: vec![column(ORDERS, 1), column(ITEMS, 2)],
        root: Some(column(ORDERS, 1)),
        type_name: "uuid".into(),
        name: "orders.id".into(),
    });
    let paths = vec![OwnerPath::Key {
        column: 2,
        key: by_order,
    }];
    let user_private = false;
    let owned = Scope::Owned {
        paths,
        user_private,
    };
    tenancy.scopes.insert(ITEMS, owned);
    let status = shop.status_by(&tenancy);
    assert_eq!(status.old, ["auth.users.id"]);
    let items = status.tables.iter().find(|t| t.name == "public.items");
    let items = items.unwrap();
    assert_eq!(items.parent.as_deref(), Some("public.orders"));
    assert_eq!(items.stage, Stage::Moved, "{items:#?}");
}

#[test]
fn a_table_with_one_row_for_each_user_goes_with_the_person() {
    let shop = Shop::moved().with(LETTERS, |letters| {
        // Letters become something like a profile: the user's own id, and no organization.
        letters.columns.truncate(1);
        letters.foreign_keys = vec![reference(1, USERS)];
        letters.policies.clear();
    });
    let status = shop.status();
    assert_eq!(status.tables.len(), 2, "{status:#?}");
    let left = status.left_out.iter().find(|l| l.table == "public.letters");
    assert!(left.unwrap().reason.contains("goes with the person"));
}
