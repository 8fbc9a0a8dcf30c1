//! Conducts `watertight plans`: migrates, fills, tries every table's policies, measures some.
use super::CheckError;
use super::stage::{self, Migrated};
use crate::catalog::{Oid, Policy, PolicyCommand};
use crate::config::{PlansPlan, TableName, nearest};
use crate::event::{Event, Listener, Phase};
use crate::plans::{
    self, Advice, Fault, Finding, HypoPg, Index, LeftOut, Measurement, MissingIndex, Person,
    PlanError, Question, Subject, TableAdvice, Trial, Trying,
};
use crate::server::Session;
use crate::span::Place;
use crate::stop::Stop;
use crate::tenancy::Tenancy;

/// What the plans of one system tell.
pub async fn advise(
    plan: &PlansPlan,
    stop: &Stop,
    listener: &mut dyn Listener,
) -> Result<Advice, CheckError> {
    let migrated = stop.or(stage::migrate(&plan.check, listener)).await?;
    let outcome = stop.or(look(plan, &migrated, listener)).await;
    let stopped = migrated.server.stop().await;
    let advice = outcome?;
    stopped?;
    Ok(advice)
}

async fn look(
    plan: &PlansPlan,
    migrated: &Migrated,
    listener: &mut dyn Listener,
) -> Result<Advice, CheckError> {
    let (world, truth) = stage::load(&plan.check, migrated, listener).await?;
    // Makes the roles that the application makes outside of its migrations.
    let filled = stage::prepare(&plan.check, migrated, world, truth, listener).await?;
    let session = stage::connect(migrated, stage::FILLED, None).await?;
    let client = session.client();
    let hypopg = HypoPg::find(client).await?;
    let examination = Examination {
        migrated,
        hypopg: hypopg.as_ref().ok(),
        tenancy: &filled.tenancy,
        indexes: plans::read_indexes(client).await?,
        people: plans::people(&filled.tenancy, &filled.world),
        session: &session,
    };
    let (subjects, mut left_out) = plans::subjects(&migrated.catalog, &filled.tenancy);
    let mut tables = Vec::new();
    let mut examined = Vec::new();
    for (done, subject) in subjects.iter().enumerate() {
        listener.hear(&Event::Phase {
            phase: Phase::Plans,
            done,
            total: subjects.len(),
        });
        match examination.table(subject).await {
            Ok(advice) => {
                tables.push(advice);
                examined.push(subject);
            }
            Err(PlanError::Refused {
                sqlstate, message, ..
            }) => left_out.push(LeftOut {
                table: subject.relation.display_name(),
                reason: format!("no member may read it: {message} (SQLSTATE {sqlstate})"),
            }),
            Err(error) => return Err(error.into()),
        }
    }
    examination.memberships(&mut tables);
    if plan.rows > 0 {
        examination
            .measure(
                plan,
                (&subjects, &examined),
                &mut tables,
                &mut left_out,
                listener,
            )
            .await?;
    }
    tables.sort_by(|a, b| b.weight().cmp(&a.weight()).then(a.table.cmp(&b.table)));
    let drops = examination.drops();
    session.close().await;
    Ok(Advice {
        system: plan.check.system.clone(),
        server: migrated.server.description(),
        major: migrated.server.version() / 10_000,
        rows: plan.rows,
        trying: Trying::of(&hypopg),
        tables,
        left_out,
        drops,
    })
}

/// Tables that are measured when nobody says which.
const MEASURED: usize = 5;

/// The tables to measure, as places among the subjects.
fn chosen(
    plan: &PlansPlan,
    subjects: &[&Subject<'_>],
    asked: &[Vec<Question>],
) -> Result<Vec<usize>, CheckError> {
    if !plan.tables.is_empty() {
        let find = |name: &TableName| {
            let same =
                |s: &&Subject<'_>| s.relation.schema == name.schema && s.relation.name == name.name;
            let names: Vec<String> = subjects.iter().map(|s| s.relation.display_name()).collect();
            subjects
                .iter()
                .position(same)
                .ok_or_else(|| CheckError::UnknownTable {
                    name: name.to_string(),
                    nearest: nearest(&name.to_string(), names.iter().map(String::as_str))
                        .map(str::to_owned),
                })
        };
        return plan.tables.iter().map(find).collect();
    }
    let mut ranked: Vec<usize> = (0..subjects.len()).collect();
    // Tables that somebody wrote statements for, then those that most is asked of.
    let own = |at: usize| asked[at].iter().filter(|q| q.statement.is_some()).count();
    ranked.sort_by_key(|at| {
        std::cmp::Reverse((
            own(*at),
            asked[*at].len(),
            subjects[*at].relation.indexes.len(),
        ))
    });
    ranked.truncate(MEASURED);
    Ok(ranked)
}

/// A person's own statements that are not asked: nothing is dropped in silence.
fn unasked(
    subjects: &[&Subject<'_>],
    asked: &[Vec<Question>],
    chosen: &[usize],
    unplaced: &[Question],
) -> Vec<LeftOut> {
    let left = |question: &Question, reason: String| LeftOut {
        table: format!("the statement \"{}\"", question.name),
        reason,
    };
    let mut found: Vec<LeftOut> = unplaced
        .iter()
        .map(|question| left(question, "it names no table of tenants".to_owned()))
        .collect();
    for (at, questions) in asked.iter().enumerate() {
        let own = questions.iter().filter(|q| q.statement.is_some());
        for question in own.filter(|_| !chosen.contains(&at)) {
            let table = subjects[at].relation.display_name();
            let reason =
                format!("it names {table} first, which is not measured; say --table {table}");
            found.push(left(question, reason));
        }
    }
    found
}

/// A filled database, and those who ask in it.
struct Examination<'a> {
    migrated: &'a Migrated,
    tenancy: &'a Tenancy,
    indexes: Vec<Index>,
    people: Vec<Person>,
    hypopg: Option<&'a HypoPg>,
    session: &'a Session,
}

impl Examination<'_> {
    /// What the schema and a small table tell.
    async fn table(&self, subject: &Subject<'_>) -> Result<TableAdvice, PlanError> {
        let catalog = &self.migrated.catalog;
        let trial = Trial {
            client: self.session.client(),
            catalog,
            tenancy: self.tenancy,
            subject,
            people: &self.people,
            hypopg: self.hypopg,
        };
        let tried = trial.run().await?;
        let relation = subject.relation;
        let column = &subject.column.name;
        let place = |index: Oid| plans::place_of(catalog, &self.migrated.migrations, index);
        let mut missing = plans::missing(catalog, &self.indexes, relation, column);
        if tried.finding == Finding::NoIndex {
            let wanted = MissingIndex::for_policies(relation, &tried.wanted);
            missing.retain(|other| other.columns != wanted.columns);
            missing.insert(0, wanted);
        }
        Ok(TableAdvice {
            table: relation.display_name(),
            column: column.clone(),
            role: tried.caller.role.clone(),
            finding: tried.finding.clone(),
            made: tried.made,
            shape: tried.plan.shape(),
            faults: self.placed(subject, tried.faults.clone()),
            missing,
            redundant: plans::redundant(&self.indexes, relation.oid, &place),
            dead: plans::dead(&self.indexes, relation, &place),
            policies: self.policies(subject),
            measured: None,
        })
    }

    /// The policies that members read by, and where each got its form.
    fn policies(&self, subject: &Subject<'_>) -> Vec<(String, Option<Place>)> {
        let reading =
            |policy: &&Policy| matches!(policy.command, PolicyCommand::All | PolicyCommand::Select);
        let policies = subject.relation.policies.iter().filter(reading);
        policies
            .map(|policy| (policy.name.clone(), self.place(policy)))
            .collect()
    }

    fn place(&self, policy: &Policy) -> Option<Place> {
        let migrations = &self.migrated.migrations;
        let statement = self.migrated.catalog.made_policy(policy.oid)?;
        (!migrations.is_platform(statement)).then(|| migrations.place(statement))
    }

    /// The statements of the migrations that drop indexes.
    fn drops(&self) -> Vec<(String, Place)> {
        let migrations = &self.migrated.migrations;
        let all = 0..migrations.statements.len();
        let line = |at: usize| {
            migrations
                .text(at)
                .split_whitespace()
                .collect::<Vec<_>>()
                .join(" ")
        };
        let dropping = |text: &String| text.to_lowercase().starts_with("drop index ");
        all.map(|at| (line(at), at))
            .filter(|(text, _)| dropping(text))
            .map(|(text, at)| (text, migrations.place(at)))
            .collect()
    }

    /// Fills and measures the tables that were named, or the busiest.
    async fn measure(
        &self,
        plan: &PlansPlan,
        (all, subjects): (&[Subject<'_>], &[&Subject<'_>]),
        tables: &mut [TableAdvice],
        left_out: &mut Vec<LeftOut>,
        listener: &mut dyn Listener,
    ) -> Result<(), CheckError> {
        let given = plan
            .queries
            .as_ref()
            .map(|sql| plans::given(&sql.name, &sql.path, &sql.text));
        let (asked, unplaced) = self.asked(subjects, &given.unwrap_or_default());
        let chosen = chosen(plan, subjects, &asked)?;
        left_out.extend(unasked(subjects, &asked, &chosen, &unplaced));
        for (done, at) in chosen.iter().enumerate() {
            listener.hear(&Event::Phase {
                phase: Phase::Volume,
                done,
                total: chosen.len(),
            });
            let (subject, questions) = (subjects[*at], &asked[*at]);
            let name = subject.relation.display_name();
            let Some(advice) = tables.iter_mut().find(|table| table.table == name) else {
                continue;
            };
            let measurement = Measurement {
                client: self.session.client(),
                catalog: &self.migrated.catalog,
                subject,
                people: &self.people,
                indexes: &self.indexes,
                questions,
                tables: all,
                faults: &advice.faults,
            };
            match measurement.run(plan.rows).await? {
                Ok(measured) => advice.measured = Some(measured),
                Err(reason) => left_out.push(LeftOut {
                    table: name,
                    reason: format!("not measured: {reason}"),
                }),
            }
        }
        Ok(())
    }

    /// The questions of each table; a person's own stand with the first table that they name. Then those that name none.
    fn asked(
        &self,
        subjects: &[&Subject<'_>],
        given: &[Question],
    ) -> (Vec<Vec<Question>>, Vec<Question>) {
        let catalog = &self.migrated.catalog;
        let named = |question: &&Question, subject: &&Subject<'_>| {
            let text = question.statement.as_deref().unwrap_or_default();
            let words = || crate::sql::words(text);
            words().position(|word| word == subject.relation.name)
        };
        let mut asked: Vec<Vec<Question>> = subjects
            .iter()
            .map(|s| plans::asked(catalog, s.relation, &s.column.name, &self.indexes))
            .collect();
        let mut unplaced = Vec::new();
        for question in given {
            let places = subjects.iter().enumerate();
            let first = places
                .filter_map(|(at, subject)| Some((named(&question, subject)?, at)))
                .min();
            match first {
                Some((_, at)) => asked[at].push(question.clone()),
                None => unplaced.push(question.clone()),
            }
        }
        (asked, unplaced)
    }

    /// Faults with the statements that gave the policies their form.
    fn placed(&self, subject: &Subject<'_>, mut faults: Vec<Fault>) -> Vec<Fault> {
        for fault in &mut faults {
            let mut policies = subject.relation.policies.iter();
            let policy = policies.find(|policy| policy.name == fault.policy);
            fault.place = policy.and_then(|policy| self.place(policy));
        }
        faults
    }

    /// Puts what policies of all tables miss in the tables that they ask to the table that misses it.
    fn memberships(&self, tables: &mut [TableAdvice]) {
        let found =
            plans::missing_for_policies(&self.migrated.catalog, self.tenancy, &self.indexes);
        for missing in found {
            let table = tables.iter_mut().find(|t| t.table == missing.table);
            if let Some(table) = table
                && table
                    .missing
                    .iter()
                    .all(|m| m.columns.first() != missing.columns.first())
            {
                table.missing.push(missing);
            }
        }
    }
}
