//! Which convention a policy follows, and what that makes of its table.
use super::{ITEMS, LETTERS, NEW, OLD, ORDERS, Shop};
use watertight::catalog::{PolicyCommand, Role};
use watertight::status::{Convention, Gap, Stage};

#[test]
fn an_old_policy_that_was_left_behind_holds_the_table_back() {
    let letters = Shop::moved().policy(LETTERS, "letters_own", OLD).letters();
    assert_eq!(letters.stage, Stage::Half);
    assert_eq!(letters.policed(), Some(Convention::Both));
    assert_eq!(letters.gaps, [Gap::OldPolicy("letters_own".into())]);
}

#[test]
fn the_old_key_as_another_way_in_holds_the_table_back() {
    let either = format!("({NEW} OR {OLD})");
    let shop = Shop::moved().with(LETTERS, |letters| letters.policies[0].using = Some(either));
    let letters = shop.letters();
    assert_eq!(letters.stage, Stage::Half);
    assert_eq!(letters.policies[0].convention, Convention::Both);
}

#[test]
fn the_old_key_as_one_way_in_among_several_conditions_is_seen() {
    let either = format!("(({NEW} OR {OLD}) AND (sent IS NOT NULL))");
    let shop = Shop::moved().with(LETTERS, |letters| letters.policies[0].using = Some(either));
    assert_eq!(shop.letters().policies[0].convention, Convention::Both);
}

#[test]
fn the_old_key_inside_of_the_new_one_is_no_way_in() {
    let both = format!("({NEW} AND {OLD})");
    let shop = Shop::moved().with(LETTERS, |letters| letters.policies[0].using = Some(both));
    assert_eq!(shop.letters().stage, Stage::Moved);
}

#[test]
fn a_policy_of_true_holds_the_table_back() {
    let letters = Shop::moved().policy(LETTERS, "anybody", "true").letters();
    assert_eq!(letters.stage, Stage::Half);
    assert_eq!(letters.policed(), Some(Convention::Neither));
    assert_eq!(letters.gaps, [Gap::OpenPolicy("anybody".into())]);
}

#[test]
fn a_policy_that_asks_only_whether_somebody_signed_in_holds_the_table_back() {
    let signed_in = "((current_setting('app.user'::text))::uuid IS NOT NULL)";
    let letters = Shop::moved().policy(LETTERS, "signed_in", signed_in);
    assert_eq!(letters.letters().stage, Stage::Half);
}

#[test]
fn a_check_of_true_holds_the_table_back() {
    let shop = Shop::moved().with(LETTERS, |letters| {
        letters.policies[0].check = Some("true".into());
    });
    let gap = Gap::OpenPolicy("letters_org".into());
    assert_eq!(shop.letters().gaps, [gap]);
}

#[test]
fn a_restrictive_policy_of_the_new_key_makes_good_for_a_permissive_one_of_true() {
    let open = || {
        Shop::moved().with(LETTERS, |letters| {
            letters.policies[0].using = Some("true".into());
        })
    };
    let restricted = |command| {
        open()
            .policy(LETTERS, "fence", NEW)
            .with(LETTERS, |letters| {
                letters.policies[1].permissive = false;
                letters.policies[1].command = command;
            })
    };
    let fenced = restricted(PolicyCommand::All).letters();
    assert_eq!(fenced.stage, Stage::Moved, "{fenced:#?}");
    // One that holds for reading alone leaves writing open.
    let read_only = restricted(PolicyCommand::Select).letters();
    assert_eq!(read_only.stage, Stage::Half, "{read_only:#?}");
}

#[test]
fn a_policy_for_a_trusted_role_says_nothing() {
    let mut shop = Shop::moved().policy(LETTERS, "service", "true");
    shop.catalog.roles.push(Role {
        oid: 77,
        name: "service".into(),
        superuser: false,
        bypass_rls: true,
        login: false,
        inherit: true,
        replication: false,
        member_of: Vec::new(),
    });
    let shop = shop.with(LETTERS, |letters| letters.policies[1].roles = vec![77]);
    let letters = shop.letters();
    assert_eq!(letters.stage, Stage::Moved);
    assert_eq!(letters.policies[1].convention, Convention::Aside);
}

#[test]
fn row_security_that_is_off_holds_the_table_back() {
    let letters = Shop::moved().with(LETTERS, |letters| letters.rls = false);
    assert_eq!(letters.letters().gaps, [Gap::SecurityOff]);
}

#[test]
fn a_child_is_moved_by_the_policy_that_asks_for_its_parent() {
    let items = Shop::moved().items();
    assert_eq!(items.stage, Stage::Moved);
    assert_eq!(items.parent.as_deref(), Some("public.orders"));
}

#[test]
fn a_child_is_old_by_the_policy_that_asks_for_its_parents_old_owner() {
    let own = "(EXISTS ( SELECT 1 FROM public.orders o WHERE ((o.id = items.order_id) \
         AND (o.owner_id = (current_setting('app.user'::text))::uuid))))";
    let shop = Shop::moved().with(ITEMS, |items| items.policies[0].using = Some(own.into()));
    let items = shop.items();
    assert_eq!(items.stage, Stage::NotBegun, "{items:#?}");
    assert_eq!(items.gaps, [Gap::OldPolicy("items_org".into())]);
}

#[test]
fn a_child_that_is_there_for_who_sees_its_parent_follows_the_parents_policies() {
    let visible = [
        "(order_id IN ( SELECT orders.id FROM public.orders))",
        "(EXISTS ( SELECT FROM public.orders WHERE (orders.id = items.order_id)))",
        "(EXISTS ( SELECT 1 FROM public.orders o WHERE (o.id = items.order_id)))",
    ];
    let follows_by = |using: &str| {
        Shop::moved().with(ITEMS, |items| {
            items.policies[0].using = Some(using.into());
            items.policies[0].check = Some(using.into());
        })
    };
    for using in visible {
        let items = follows_by(using).items();
        assert_eq!(items.policies[0].convention, Convention::New, "{using}");
    }
    let follows = || follows_by(visible[0]);
    let leftover = follows().policy(ORDERS, "orders_own", OLD).items();
    assert_eq!(leftover.policies[0].convention, Convention::Both);
    let open = follows().with(ORDERS, |orders| orders.rls = false).items();
    assert_eq!(open.policies[0].convention, Convention::Neither);
}
