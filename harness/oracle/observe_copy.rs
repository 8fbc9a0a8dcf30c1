//! Runs COPY … TO STDOUT, whose rows come by a protocol of their own (PostgreSQL manual, 55.2.6), and reads them as rows.
use super::observation::{Observation, Outcome};
use super::observe::refused;
use super::observe_error::ObserveError;
use crate::server::Session;
use futures_util::TryStreamExt;

/// What a COPY gives to the caller whom `opening` makes of the session.
pub(super) async fn copied(
    session: &Session,
    opening: &str,
    statement: &str,
) -> Result<Observation, ObserveError> {
    let client = session.client();
    if let Err(error) = client.batch_execute(opening).await {
        return refused(error, Vec::new());
    }
    let lines = async {
        let stream = client.copy_out(statement).await?;
        let parts: Vec<_> = stream.try_collect().await?;
        Ok(parts.concat())
    };
    match lines.await {
        Ok(bytes) => {
            let rows = rows(&String::from_utf8_lossy(&bytes));
            let count = rows.len() as u64;
            Ok(Observation {
                outcome: Outcome::Done { rows, count },
                changes: Vec::new(),
                notices: Vec::new(),
            })
        }
        Err(error) => refused(error, Vec::new()),
    }
}

/// The cells of the text format: tabs between columns, `\N` for NULL, a backslash before what has a meaning.
fn rows(text: &str) -> Vec<Vec<Option<String>>> {
    let cell = |cell: &str| match cell {
        "\\N" => None,
        cell => Some(unescaped(cell)),
    };
    let line = |line: &str| line.split('\t').map(cell).collect();
    text.lines().map(line).collect()
}

fn unescaped(cell: &str) -> String {
    let mut out = String::with_capacity(cell.len());
    let mut letters = cell.chars();
    while let Some(letter) = letters.next() {
        let meant = match letter {
            '\\' => letters.next().map(|escaped| match escaped {
                'n' => '\n',
                't' => '\t',
                'r' => '\r',
                other => other,
            }),
            plain => Some(plain),
        };
        out.extend(meant);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copied_text_is_read_as_rows_and_cells() {
        let found = rows("1\ta\\tb\n2\t\\N\n3\tc:\\\\d\\ne\n");
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(
            found,
            [
                vec![some("1"), some("a\tb")],
                vec![some("2"), None],
                vec![some("3"), some("c:\\d\ne")],
            ]
        );
    }
}
