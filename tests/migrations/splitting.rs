//! Where statements begin and end.
use proptest::prelude::*;
use rstest::rstest;
use watertight::migrations::{Control, Kind, split};

fn statements(text: &str) -> Vec<&str> {
    split(text, 0..text.len())
        .pieces
        .into_iter()
        .map(|piece| &text[piece.span])
        .collect()
}

#[rstest]
#[case::nothing("", &[])]
#[case::only_semicolons(" ; ;; \n", &[])]
#[case::no_last_semicolon("select 1; select 2", &["select 1", "select 2"])]
#[case::comments("-- a;\nselect /* ; /* ; */ ; */ 1 -- ;\n; -- b", &["select /* ; /* ; */ ; */ 1"])]
#[case::strings("select 'a;''b', E'c\\';d', \"e;f\", U&'g;'; select 2", &["select 'a;''b', E'c\\';d', \"e;f\", U&'g;'", "select 2"])]
#[case::backslash_in_plain_string("select 'a\\'; select 2", &["select 'a\\'", "select 2"])]
#[case::dollar_quotes("do $$ begin; end $$; do $a$ x $$ ; $$ $a$; select $1; select 1", &["do $$ begin; end $$", "do $a$ x $$ ; $$ $a$", "select $1", "select 1"])]
#[case::rule_actions("create rule r as on insert to t do (delete from a; delete from b); select 1", &["create rule r as on insert to t do (delete from a; delete from b)", "select 1"])]
#[case::atomic_body(
    "create or replace function f() returns int begin atomic select case when true then 1 end; select 2; end; select 3",
    &["create or replace function f() returns int begin atomic select case when true then 1 end; select 2; end", "select 3"]
)]
#[case::atomic_procedure("create procedure p() begin atomic insert into t values (1); end; call p();", &["create procedure p() begin atomic insert into t values (1); end", "call p()"])]
#[case::transaction_is_no_body("begin; select 1; commit;", &["begin", "select 1", "commit"])]
#[case::parameter_called_begin("create function f(\"begin\" int) returns int language sql as 'select 1;'; select 2", &["create function f(\"begin\" int) returns int language sql as 'select 1;'", "select 2"])]
#[case::meta_commands("\\set ON_ERROR_STOP on\n\\restrict abc;'\nselect 1;\n\\connect db\nselect 2;", &["select 1", "select 2"])]
#[case::meta_command_ends_a_statement("select 1 \\gset\nselect 2;", &["select 1", "select 2"])]
#[case::copy_lines("copy public.t (a, b) from stdin;\n1\ta;'b\n\\.\n\nselect 1;", &["copy public.t (a, b) from stdin", "select 1"])]
#[case::copy_from_file("copy t from '/tmp/x'; select 1", &["copy t from '/tmp/x'", "select 1"])]
#[case::unterminated_string("select 1; select 'a; select 2;", &["select 1", "select 'a; select 2;"])]
#[case::unterminated_comment("select 1; /* a; select 2", &["select 1"])]
#[case::unbalanced_parenthesis("select 1); select 2;", &["select 1)", "select 2"])]
#[case::syntax_that_no_parser_knows("frobnicate the table t with (x); select 1", &["frobnicate the table t with (x)", "select 1"])]
#[case::operators("select a->>'b' #>> c @> d ?| e ~* ':' ; select 1::int", &["select a->>'b' #>> c @> d ?| e ~* ':'", "select 1::int"])]
#[case::drizzle("select 1;--> statement-breakpoint\nselect 2;", &["select 1", "select 2"])]
#[case::windows_lines("select 1;\r\n-- a\r\nselect 2;\r\n", &["select 1", "select 2"])]
fn statements_are_cut_where_psql_cuts_them(#[case] text: &str, #[case] expected: &[&str]) {
    assert_eq!(statements(text), expected);
}

#[test]
fn the_lines_of_a_copy_belong_to_it() {
    let text = "copy t from stdin;\r\n1\n2\n\\.\r\nselect 1;";
    let pieces = split(text, 0..text.len()).pieces;
    assert_eq!(&text[pieces[0].copy.clone().unwrap()], "1\n2\n");
    assert_eq!(pieces[1].copy, None);
}

#[rstest]
#[case("BEGIN", Kind::Control(Control::Begin))]
#[case(
    "start transaction isolation level serializable",
    Kind::Control(Control::Begin)
)]
#[case("end", Kind::Control(Control::Commit))]
#[case("rollback to savepoint a", Kind::NeedsTransaction)]
#[case("set local role x", Kind::NeedsTransaction)]
#[case("set search_path to ''", Kind::Set)]
#[case("create temp table x (a int) on commit drop", Kind::NeedsTransaction)]
#[case(
    "create unique index concurrently if not exists i on t (a)",
    Kind::Alone
)]
#[case("CREATE /* x */ INDEX i ON t (a)", Kind::CreateIndex)]
#[case("reindex (verbose) table concurrently t", Kind::Alone)]
#[case("alter table p detach partition c concurrently", Kind::Alone)]
#[case("alter table p detach partition c", Kind::Ordinary)]
#[case("create user mapping for x server y", Kind::Ordinary)]
#[case("create user x", Kind::CreateRole)]
#[case("alter system set x = 1", Kind::Outside)]
#[case("create type t as enum ('a')", Kind::Ordinary)]
#[case("copy t from stdin", Kind::CopyIn)]
#[case("copy (select 1) to stdout", Kind::CopyOut)]
fn a_statement_is_known_by_its_words(#[case] statement: &str, #[case] kind: Kind) {
    assert_eq!(Kind::of(statement), kind);
}

/// Fragments that meet in nasty ways.
fn sql() -> impl Strategy<Value = String> {
    let fragment = prop::sample::select(vec![
        "select 1",
        ";",
        ";\n",
        " ",
        "\n",
        "'",
        "''",
        "\"",
        "$$",
        "$a$",
        "--",
        "-- x\n",
        "/*",
        "*/",
        "(",
        ")",
        "\\",
        "\\connect x\n",
        "\n\\.\n",
        "copy t from stdin;\n",
        "begin",
        " atomic ",
        " end ",
        " case ",
        "create function f() ",
        "create or replace procedure p() ",
        "E'\\'",
        "é",
        "\r\n",
        "1\t2\n",
    ]);
    prop::collection::vec(fragment, 0..24).prop_map(|fragments| fragments.concat())
}

proptest! {
    #[test]
    fn statements_tile_the_text(text in sql()) {
        let found = split(&text, 0..text.len());
        let mut at = 0;
        for piece in &found.pieces {
            prop_assert!(at <= piece.span.start && piece.span.start < piece.span.end);
            prop_assert_eq!(text[piece.span.clone()].trim_start(), &text[piece.span.clone()]);
            at = piece.span.end;
            if let Some(copy) = &piece.copy {
                prop_assert!(at <= copy.start && copy.start <= copy.end);
                at = copy.end;
            }
        }
        prop_assert!(at <= text.len());
    }

    #[test]
    fn between_statements_stands_nothing_that_is_one(text in sql()) {
        let found = split(&text, 0..text.len());
        // Lines of a COPY look like anything.
        prop_assume!(found.pieces.iter().all(|piece| piece.copy.is_none()));
        let mut at = 0;
        for piece in &found.pieces {
            prop_assert!(split(&text, at..piece.span.start).pieces.is_empty());
            at = piece.span.end;
        }
        prop_assert!(split(&text, at..text.len()).pieces.is_empty());
    }

    #[test]
    fn splitting_again_changes_nothing(text in sql()) {
        for piece in split(&text, 0..text.len()).pieces {
            let statement = &text[piece.span];
            let again = split(statement, 0..statement.len()).pieces;
            prop_assert_eq!(again.len(), 1);
            prop_assert_eq!(&again[0].span, &(0..statement.len()));
        }
    }
}
