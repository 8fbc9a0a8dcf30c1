//! What is asked of recorded plans.
use super::recorded;
use watertight::plans::{Link, Node, Plan, Standing};

fn contacts(name: &str) -> bool {
    name == "public.contacts"
}

fn standing(plan: &str) -> Standing {
    recorded(plan).standing(contacts, "org_id")
}

fn index(name: &str) -> Standing {
    Standing::Index(name.to_owned())
}

#[test]
fn a_scalar_subquery_and_an_array_are_index_conditions_and_in_is_a_filter() {
    assert_eq!(standing("equal_to_subquery"), index("contacts_org"));
    assert_eq!(standing("any_array"), index("contacts_org"));
    assert_eq!(standing("in_subquery"), Standing::Filter);
}

#[test]
fn a_bitmap_counts_when_every_part_of_its_or_knows_the_column() {
    assert_eq!(standing("bitmap_or"), index("contacts_org"));
    let mut plan = recorded("bitmap_or");
    let or = &mut plan.root.children[1];
    or.children[1].index_condition = Some("(contacts.status = 'org_id')".to_owned());
    assert_eq!(plan.standing(contacts, "org_id"), Standing::Nowhere);
}

#[test]
fn the_worst_scan_of_a_relation_counts() {
    let plan = recorded("join_of_itself");
    assert_eq!(plan.standing(contacts, "org_id"), Standing::Filter);
    assert_eq!(plan.standing(contacts, "id"), Standing::Nowhere);
    let others = plan.standing(|name| name == "public.others", "org_id");
    assert_eq!(others, Standing::Unread);
}

#[test]
fn a_bitmap_of_the_subquery_in_a_filter_finds_nothing_for_the_statement() {
    let scan = |kind: &str, relation: &str| Node {
        kind: kind.to_owned(),
        schema: Some("public".to_owned()),
        relation: Some(relation.to_owned()),
        alias: Some(relation.to_owned()),
        ..Node::default()
    };
    let found = Node {
        index: Some("members_pkey".to_owned()),
        index_condition: Some("(members.user_id = 7)".to_owned()),
        ..scan("Bitmap Index Scan", "members")
    };
    let subquery = Node {
        link: Some(Link::SubPlan),
        children: vec![found],
        ..scan("Bitmap Heap Scan", "members")
    };
    let whole = Node {
        index: Some("contacts_org".to_owned()),
        ..scan("Bitmap Index Scan", "contacts")
    };
    let mut plan = recorded("bitmap_or");
    plan.root = Node {
        filter: Some("(hashed SubPlan 1)".to_owned()),
        children: vec![whole, subquery],
        ..scan("Bitmap Heap Scan", "contacts")
    };
    assert_eq!(plan.found_by(contacts, |_| None), Standing::Filter);
    plan.root.children[0].index_condition = Some("(contacts.org_id = 7)".to_owned());
    let found = |first| plan.found_by(contacts, |_| Some(first));
    assert_eq!(found("org_id"), index("contacts_org"));
    // What an index is ordered by later narrows nothing: all of it is read.
    assert_eq!(found("id"), Standing::Filter);
}

#[test]
fn the_scans_of_a_policys_own_subquery_are_not_the_statements() {
    let plan = recorded("in_subquery");
    let members = |name: &str| name == "public.members";
    assert_eq!(plan.standing(members, "user_id"), Standing::Unread);
    assert_eq!(plan.scans(members).count(), 1);
    assert_eq!(plan.sub_plan_loops(), [1]);
    assert_eq!(recorded("any_array").init_plan_loops(), [1]);
}

#[test]
fn partitions_are_read_in_place_of_their_table() {
    let plan = recorded("partitions");
    let standing = plan.standing(|name| name.starts_with("public.p"), "org_id");
    assert_eq!(standing, index("p1_pkey"));
    assert_eq!(plan.pruned(), 1);
    assert_eq!(plan.indexes(), ["p1_pkey"]);
}

#[test]
fn rows_read_in_vain_and_sorts_are_seen() {
    let plan = recorded("in_subquery");
    assert_eq!((plan.removed(contacts), plan.sorts()), (40, true));
    assert_eq!(plan.shared_blocks(), 6);
    let plan = recorded("equal_to_subquery");
    assert_eq!((plan.removed(contacts), plan.sorts()), (10, false));
}

/// PostgreSQL 17 writes a hashed subquery in another way.
#[test]
fn a_hashed_subquery_is_a_filter_in_newer_versions_too() {
    let text = std::fs::read_to_string("tests/fixtures/plans/in_subquery.json").unwrap();
    let newer = "(ANY (contacts.org_id = (hashed SubPlan 1).col1))";
    let plan = Plan::read(&text.replace("(hashed SubPlan 1)", newer)).unwrap();
    assert_eq!(plan.standing(contacts, "org_id"), Standing::Filter);
}

#[test]
fn names_are_told_from_calls_literals_and_other_tables() {
    let plan = recorded("equal_to_subquery");
    let scan = plan.scans(contacts).next().unwrap();
    let columns = |text: &str| scan.columns_in(text);
    assert_eq!(
        columns(r#"(contacts."createdAt" > 'contacts.id'::text)"#),
        ["createdAt"]
    );
    assert_eq!(columns(r#"(contacts."a ""b""" = o.id)"#), [r#"a "b""#]);
    assert!(columns("contacts.id(o.org_id) AND (x.contacts = 'it''s contacts.id')").is_empty());
}

#[test]
fn a_shape_has_no_costs_rows_or_times() {
    for name in ["equal_to_subquery", "in_subquery", "any_array"] {
        insta::assert_snapshot!(name, recorded(name).shape());
    }
}
