//! Builds the smallest schema from nothing in which a saved case still leaks, out of the statements of the migrations.
use super::stage::Migrated;
use crate::migrations::Migrations;
use crate::oracle::observe_case::{Answer, ask_afresh, ask_leniently};
use crate::oracle::{ObserveError, observe_roles};
use crate::server::Session;
use crate::shrink::{
    self, Concerned, LEAKS, Piece, SavedCase, Sign, Table, pieces, reduce_to, units,
};
use crate::tenancy::Roles;

/// Statements that may only go together.
type Block = Vec<Piece>;

/// An empty database in which scripts are run; each is rolled back.
pub(super) struct Site<'a> {
    pub migrated: &'a Migrated,
    pub session: &'a Session,
    /// How often a script may still be run to make it smaller.
    pub questions: usize,
}

/// What a script is built of.
struct Build {
    blocks: Vec<Block>,
    /// Statements that may not go: what let it through, and what holds others back. Without them another leak would be
    /// shown.
    pinned: Vec<usize>,
}

/// The schema's pieces in order, or why none was found.
pub(super) type Built = Result<Vec<Piece>, String>;

impl Site<'_> {
    /// A schema that leaks in a plain run from nothing, as small as it was found. `pinned` is the statement that is blamed.
    pub async fn build(
        &mut self,
        case: &SavedCase,
        pinned: Option<usize>,
    ) -> Result<Built, ObserveError> {
        let (catalog, migrations) = (&self.migrated.catalog, &self.migrated.migrations);
        let named = words_of(case);
        let near = shrink::concerned(catalog, migrations, named.iter().map(String::as_str));
        let mut last = String::new();
        for concerned in [near, shrink::whole(catalog, migrations)] {
            let build = self.start(case, &concerned, pinned);
            let all = flat(&build.blocks);
            let (ran, _) = self.lenient(case, &all).await?;
            let runnable: Vec<usize> = (0..all.len()).filter(|at| ran[*at]).collect();
            let blocks = without_failed(&build.blocks, &all, &runnable);
            match self.ask(case, &flat(&blocks)).await? {
                Answer::Leaks => {
                    let build = Build { blocks, ..build };
                    return Ok(Ok(self.smaller(case, build).await?));
                }
                Answer::Holds => {
                    "built from nothing, the attack shows no leak".clone_into(&mut last)
                }
                Answer::CannotRun(why) => {
                    last = format!("built from nothing, it does not run: {why}");
                }
            }
        }
        Ok(Err(last))
    }

    fn start(&self, case: &SavedCase, concerned: &Concerned, pinned: Option<usize>) -> Build {
        let (catalog, migrations) = (&self.migrated.catalog, &self.migrated.migrations);
        let single = |piece: Piece| vec![piece];
        let own = units(catalog, migrations, &concerned.statements);
        let blocks = shrink::roles(catalog)
            .into_iter()
            .map(single)
            .chain(own.iter().map(|unit| pieces(migrations, unit)))
            .chain(
                shrink::privileges(catalog, &concerned.objects)
                    .into_iter()
                    .map(single),
            )
            .chain(self.extra(case).into_iter().map(single));
        let named = words_of(case);
        let mut guards = shrink::guarding(catalog, migrations, &concerned.statements, &named);
        guards.extend(pinned.filter(|at| concerned.statements.contains(at)));
        Build {
            blocks: blocks.collect(),
            pinned: guards,
        }
    }

    /// What the migrations do not make: the application's login, and settings of the database.
    fn extra(&self, case: &SavedCase) -> Vec<Piece> {
        let piece = |text: String, place: &str| Piece {
            place: place.to_owned(),
            text,
            file: usize::MAX,
            at: usize::MAX,
        };
        let login = case.made_outside.iter().map(|text| {
            piece(
                text.clone(),
                "the application's login, made outside of the migrations",
            )
        });
        let settings = self.migrated.settings.iter().map(|text| {
            let call = text.trim_start_matches("select ");
            let text = format!("DO $set$ BEGIN PERFORM {call}; END $set$");
            piece(text, "a setting of the database")
        });
        login.chain(settings).collect()
    }

    /// Runs the script as it will be run.
    async fn ask(&self, case: &SavedCase, schema: &[Piece]) -> Result<Answer, ObserveError> {
        let body = shrink::body(case, schema);
        let kept = self.migrated.server.roles_before();
        ask_afresh(self.session, &body, &kept, LEAKS).await
    }

    /// Runs what can be run of it.
    async fn lenient(
        &self,
        case: &SavedCase,
        schema: &[Piece],
    ) -> Result<(Vec<bool>, Answer), ObserveError> {
        let texts: Vec<&str> = schema.iter().map(|piece| piece.text.as_str()).collect();
        let kept = self.migrated.server.roles_before();
        ask_leniently(self.session, &texts, &shrink::attack(case), &kept, LEAKS).await
    }

    /// Leaves out statements, then parts of tables, then statements that only these needed.
    async fn smaller(
        &mut self,
        case: &SavedCase,
        build: Build,
    ) -> Result<Vec<Piece>, ObserveError> {
        let Build { blocks, pinned } = build;
        let whole = flat(&blocks);
        let mut kept = self.fewer(case, blocks, &pinned).await?;
        let refers = matches!(case.sign, Sign::Changes { .. }) && case.probe == "reference-row";
        if !refers {
            let named = words_of(case);
            let own = |piece: &Piece| {
                let opening = piece
                    .text
                    .split('(')
                    .next()
                    .unwrap_or_default()
                    .to_lowercase();
                crate::sql::words(&opening)
                    .last()
                    .is_some_and(|name| named.iter().any(|n| n == name))
            };
            self.narrower(case, &mut kept, own).await?;
            kept = self.fewer(case, kept, &pinned).await?;
            self.narrower(case, &mut kept, |piece| !own(piece)).await?;
            kept = self.fewer(case, kept, &pinned).await?;
        }
        let kept = flat(&kept);
        // What ran with every failure forgiven must also run without.
        Ok(match self.ask(case, &kept).await? {
            Answer::Leaks => kept,
            _ => whole,
        })
    }

    /// Leaves out blocks, and with each whatever cannot be built without it.
    async fn fewer(
        &mut self,
        case: &SavedCase,
        blocks: Vec<Block>,
        pinned: &[usize],
    ) -> Result<Vec<Block>, ObserveError> {
        let limit = self.questions;
        let mut asked = 0;
        let mut failed = None;
        let site = &*self;
        let kept = reduce_to(limit, blocks, async |fewer: &[Block]| {
            if failed.is_some() || asked >= limit || !holds(fewer, pinned) {
                return None;
            }
            asked += 1;
            let all = flat(fewer);
            let (ran, answer) = match site.lenient(case, &all).await {
                Ok(answered) => answered,
                Err(error) => {
                    failed = Some(error);
                    return None;
                }
            };
            let runnable: Vec<usize> = (0..all.len()).filter(|at| ran[*at]).collect();
            let left = without_failed(fewer, &all, &runnable);
            let whole = left.iter().all(|block| {
                let old = fewer.iter().find(|old| old.first() == block.first());
                old.is_some_and(|old| old.len() == block.len())
            });
            (answer == Answer::Leaks && whole && holds(&left, pinned)).then_some(left)
        })
        .await;
        self.questions -= asked;
        match failed {
            Some(error) => Err(error),
            None => Ok(kept),
        }
    }

    /// Leaves out columns and constraints of tables, and references to others; `wanted` says of which.
    async fn narrower(
        &mut self,
        case: &SavedCase,
        blocks: &mut [Block],
        wanted: impl Fn(&Piece) -> bool,
    ) -> Result<(), ObserveError> {
        for block in 0..blocks.len() {
            for at in 0..blocks[block].len() {
                let piece = &blocks[block][at];
                if let Some(table) = Table::of(&piece.text).filter(|_| wanted(piece)) {
                    self.narrow(case, blocks, (block, at), &table).await?;
                }
            }
        }
        Ok(())
    }

    async fn narrow(
        &mut self,
        case: &SavedCase,
        blocks: &mut [Block],
        (block, at): (usize, usize),
        table: &Table,
    ) -> Result<(), ObserveError> {
        let limit = self.questions;
        let mut asked = 0;
        let mut failed = None;
        let site = &*self;
        let mut leaks = async |elements: &[String]| {
            if elements.is_empty() || asked >= limit || failed.is_some() {
                return false;
            }
            asked += 1;
            let mut smaller = blocks.to_vec();
            smaller[block][at].text = table.with(elements);
            match site.ask(case, &flat(&smaller)).await {
                Ok(answer) => answer == Answer::Leaks,
                Err(error) => {
                    failed = Some(error);
                    false
                }
            }
        };
        let all = table.elements.clone();
        let mut kept = reduce_to(limit, all, async |fewer: &[String]| {
            leaks(fewer).await.then(|| fewer.to_vec())
        })
        .await;
        for number in 0..kept.len() {
            if let Some(text) = Table::unreferring(&kept[number]) {
                let mut fewer = kept.clone();
                fewer[number] = text;
                if leaks(&fewer).await {
                    kept = fewer;
                }
            }
        }
        self.questions -= asked;
        blocks[block][at].text = table.with(&kept);
        failed.map_or(Ok(()), Err)
    }
}

/// All pieces in the order in which they are built.
fn flat(blocks: &[Block]) -> Vec<Piece> {
    let mut all = blocks.concat();
    all.sort_by_key(|piece| piece.at);
    all
}

/// The blocks without the pieces that could not be run. `runnable` counts in `all`, which holds the pieces in order.
fn without_failed(blocks: &[Block], all: &[Piece], runnable: &[usize]) -> Vec<Block> {
    let ran: Vec<&Piece> = runnable.iter().map(|at| &all[*at]).collect();
    let left = blocks.iter().map(|block| {
        let kept = block.iter().filter(|piece| ran.contains(piece)).cloned();
        kept.collect::<Block>()
    });
    left.filter(|block| !block.is_empty()).collect()
}

fn holds(blocks: &[Block], pinned: &[usize]) -> bool {
    let has = |wanted: &usize| blocks.iter().flatten().any(|piece| piece.at == *wanted);
    pinned.iter().all(has)
}

/// The statements that make the roles which the harness made for the application, so that the attacker can log in.
pub(super) fn made_outside(migrated: &Migrated, roles: &Roles, case: &SavedCase) -> Vec<String> {
    let catalog = &migrated.catalog;
    let made = catalog.role_named(&case.attacker.role).is_none();
    let tenants: Vec<String> = match made && case.attacker.role != roles.login {
        true => vec![case.attacker.role.clone()],
        false => Vec::new(),
    };
    observe_roles::statements(roles, catalog, &tenants)
}

/// The number of the statement that stands at a source.
pub(super) fn statement_at(
    migrations: &Migrations,
    source: &crate::event::Source,
) -> Option<usize> {
    (0..migrations.statements.len()).find(|&at| {
        let statement = &migrations.statements[at];
        let file = &migrations.files[statement.file];
        statement.span == source.statement && file.path == source.place.file
    })
}

/// Every word that the case says and that may name something.
fn words_of(case: &SavedCase) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut hear = |text: &str| out.extend(crate::sql::words(text).map(str::to_lowercase));
    case.rows.iter().for_each(|row| hear(&row.relation));
    case.statements.iter().for_each(|text| hear(text));
    case.refreshes.iter().for_each(|text| hear(text));
    hear(&case.object);
    match &case.sign {
        Sign::Changes { relation, .. } => hear(relation),
        Sign::Taken { free: other, .. } | Sign::Fails { apart: other } => {
            other.iter().for_each(|text| hear(text));
        }
        _ => {}
    }
    out.sort();
    out.dedup();
    out
}
