//! What is known of a column that says whose a row is.
use super::{LETTERS, Shop};
use watertight::catalog::{Check, Relation};
use watertight::status::observe::Count;
use watertight::status::{Filled, Gap, Immutable, KeyColumn, Reference, Side, Stage};
use watertight::tenancy::ColumnRef;

const ORG_ID: i16 = 3;

fn nullable(letters: &mut Relation) {
    letters.columns[2].not_null = false;
}

fn org_id(shop: &Shop) -> KeyColumn {
    let letters = shop.letters();
    letters.column(Side::New).unwrap().clone()
}

#[test]
fn a_column_that_may_be_null_holds_the_table_back() {
    let shop = Shop::moved().with(LETTERS, nullable);
    let letters = shop.letters();
    assert_eq!(letters.stage, Stage::Half);
    assert_eq!(letters.gaps, [Gap::Nullable("org_id".into())]);
    assert_eq!(org_id(&shop).filled, Filled::Unproven);
}

#[test]
fn a_validated_check_is_as_good_as_not_null() {
    let checked = |validated| {
        Shop::moved()
            .with(LETTERS, nullable)
            .with(LETTERS, |letters| {
                letters.checks.push(Check {
                    name: "present".into(),
                    expression: "(org_id IS NOT NULL)".into(),
                    columns: vec![ORG_ID],
                    validated,
                });
            })
    };
    assert_eq!(checked(true).letters().stage, Stage::Moved);
    assert_eq!(org_id(&checked(true)).filled, Filled::Enforced);
    assert_eq!(checked(false).letters().stage, Stage::Half);
}

#[test]
fn rows_without_a_value_are_counted_where_rows_say_something() {
    let mut shop = Shop::moved().with(LETTERS, nullable);
    let count = Count {
        rows: 9,
        nulls: [(ORG_ID, 2)].into(),
    };
    shop.observed.counts.insert(LETTERS, count);
    let (nulls, rows) = (2, 9);
    assert_eq!(org_id(&shop).filled, Filled::Counted { nulls, rows });
    let column = "org_id".to_owned();
    let gap = Gap::Nulls {
        column,
        nulls,
        rows,
    };
    assert!(shop.letters().gaps.contains(&gap));
}

#[test]
fn only_a_valid_and_complete_index_that_begins_with_the_column_counts() {
    type Spoil = fn(&mut watertight::catalog::Index);
    let spoils: [Spoil; 4] = [
        |index| index.valid = false,
        |index| index.predicate = Some("(sent IS NULL)".into()),
        |index| index.columns = vec![1, ORG_ID],
        |index| index.method = "gin".into(),
    ];
    assert!(org_id(&Shop::moved()).indexed);
    for spoil in spoils {
        let shop = Shop::moved().with(LETTERS, |letters| spoil(&mut letters.indexes[2]));
        assert!(!org_id(&shop).indexed);
        let letters = shop.letters();
        assert_eq!(letters.gaps, [Gap::NoIndex("org_id".into())]);
        assert_eq!(letters.stage, Stage::Moved, "an index is good practice");
    }
}

#[test]
fn a_reference_that_was_never_validated_is_told_apart() {
    let shop = Shop::moved().with(LETTERS, |letters| letters.foreign_keys[1].validated = false);
    assert_eq!(org_id(&shop).reference, Reference::NotValidated);
    let shop = Shop::moved().with(LETTERS, |letters| drop(letters.foreign_keys.pop()));
    assert_eq!(org_id(&shop).reference, Reference::Missing);
}

#[test]
fn a_column_that_nobody_tried_is_unproven_and_one_that_gave_way_is_a_gap() {
    let mut shop = Shop::moved();
    assert!(matches!(org_id(&shop).immutable, Immutable::Unproven(_)));
    assert_eq!(shop.letters().gaps, []);
    let column = ColumnRef {
        relation: LETTERS,
        column: ORG_ID,
    };
    shop.observed.immutable.insert(column, Immutable::No);
    assert_eq!(shop.letters().gaps, [Gap::Changeable("org_id".into())]);
}
