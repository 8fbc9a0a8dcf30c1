//! How policies ask, and how else they could: no server needed.
use watertight::catalog::{
    Catalog, Column, Function, FunctionKind, Generated, Relation, RelationKind, Volatility,
};
use watertight::plans::{Forms, SiteKind};

fn forms(catalog: &Catalog) -> Forms<'_> {
    Forms {
        catalog,
        relation: &catalog.relations[0],
    }
}

fn reasons(text: &str) -> Vec<String> {
    let catalog = catalog();
    let sites = forms(&catalog).sites(text);
    sites.iter().map(|site| site.kind.reason()).collect()
}

#[test]
fn forms_that_an_index_serves_have_no_site() {
    for text in [
        "(org_id = ( SELECT auth.uid() AS uid))",
        "(auth.uid() = org_id)",
        "(org_id = ANY (ARRAY( SELECT m.org_id FROM public.members m)))",
        "((org_id = ( SELECT public.fresh() AS fresh)) AND (status = 'open'::text))",
    ] {
        assert_eq!(reasons(text), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn forms_that_are_asked_row_by_row_are_told_apart() {
    let cases = [
        (
            "(org_id IN ( SELECT m.org_id FROM public.members m))",
            "IN (SELECT …)",
        ),
        (
            "(EXISTS ( SELECT 1 FROM public.members m WHERE (m.org_id = notes.org_id)))",
            "EXISTS",
        ),
        (
            "(auth.uid() IN ( SELECT m.user_id FROM public.members m WHERE (m.org_id = notes.org_id)))",
            "EXISTS",
        ),
        (
            "(public.has_access(org_id) AND (status = 'open'::text))",
            "public.has_access(org_id)",
        ),
        ("(org_id = public.fresh())", "VOLATILE"),
        ("(org_id = ANY (public.fresh()))", "VOLATILE"),
    ];
    for (text, said) in cases {
        let reasons = reasons(text);
        assert!(
            matches!(&reasons[..], [one] if one.contains(said)),
            "{text}: {reasons:?}"
        );
    }
}

#[test]
fn a_part_that_asks_nothing_of_the_row_matters_only_under_or() {
    let open = "((org_id = ( SELECT auth.uid() AS uid)) OR public.is_admin())";
    assert_eq!(
        reasons(open),
        ["joins by OR what asks nothing of the row: public.is_admin()"]
    );
    let closed = "((org_id = ( SELECT auth.uid() AS uid)) AND public.is_admin())";
    assert!(reasons(closed).is_empty());
}

#[test]
fn a_correlated_query_becomes_one_of_all_values() {
    let catalog = catalog();
    let query = |text: &str| match &forms(&catalog).sites(text)[..] {
        [site] => match &site.kind {
            SiteKind::Exists { query, .. } => query.clone(),
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    };
    let exists = "(EXISTS ( SELECT 1 FROM public.members m WHERE ((m.org_id = notes.org_id) AND (m.user_id = ( SELECT auth.uid() AS uid)))))";
    let expected =
        "SELECT m.org_id FROM public.members m WHERE (m.user_id = ( SELECT auth.uid() AS uid))";
    assert_eq!(query(exists).as_deref(), Some(expected));
    let reversed =
        "(auth.uid() IN ( SELECT m.user_id FROM public.members m WHERE (m.org_id = notes.org_id)))";
    let expected = "SELECT m.org_id FROM public.members m WHERE (auth.uid() = m.user_id)";
    assert_eq!(query(reversed).as_deref(), Some(expected));
    // Another condition on the row cannot be asked once for all rows.
    let twice = "(EXISTS ( SELECT 1 FROM public.members m WHERE ((m.org_id = notes.org_id) AND (notes.status = m.kind))))";
    assert_eq!(query(twice), None);
}

#[test]
fn columns_are_found_inside_and_outside_of_subqueries() {
    let catalog = catalog();
    let text = "((status = 'open'::text) OR (EXISTS ( SELECT 1 FROM public.members m WHERE (m.org_id = notes.org_id))))";
    assert_eq!(forms(&catalog).columns(text), ["status", "org_id"]);
}

/// One table, and a function that may answer anew for each row.
fn catalog() -> Catalog {
    let column = |(at, name): (usize, &str)| Column {
        number: at as i16 + 1,
        name: name.to_owned(),
        type_name: "uuid".to_owned(),
        type_oid: 2950,
        type_modifier: -1,
        not_null: true,
        default: None,
        generated: Generated::No,
    };
    let relation = Relation {
        columns: ["id", "org_id", "status"]
            .into_iter()
            .enumerate()
            .map(column)
            .collect(),
        ..relation("notes")
    };
    Catalog {
        relations: vec![relation],
        functions: vec![Function {
            oid: 2,
            schema: "public".into(),
            name: "fresh".into(),
            kind: FunctionKind::Function,
            owner: 10,
            platform: false,
            language: "sql".into(),
            definer: false,
            volatility: Volatility::Volatile,
            leakproof: false,
            strict: false,
            returns_set: false,
            returns: "uuid".into(),
            returns_oid: 2950,
            arguments: Vec::new(),
            outputs: Vec::new(),
            body: String::new(),
            settings: Vec::new(),
            grants: Vec::new(),
        }],
        ..Catalog::default()
    }
}

fn relation(name: &str) -> Relation {
    Relation {
        oid: 1,
        schema: "public".into(),
        name: name.into(),
        kind: RelationKind::Table,
        owner: 10,
        platform: false,
        rls: true,
        force_rls: false,
        columns: Vec::new(),
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
