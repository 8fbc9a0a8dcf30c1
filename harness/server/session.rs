//! One connection to a scratch database, with everything the server said on the side.
use super::error::{ServerError, with_causes, within};
use crate::sqlstate::SqlState;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio_postgres::error::DbError;
use tokio_postgres::tls::NoTlsStream;
use tokio_postgres::{AsyncMessage, CancelToken, Client, Config, Connection, NoTls, Socket};

const CONNECT_LIMIT: Duration = Duration::from_secs(15);
const CLOSE_LIMIT: Duration = Duration::from_secs(5);

/// Messages kept between two takes; a loop that raises notices must not fill the memory.
const KEPT: usize = 10_000;

/// A NOTICE, WARNING or other message that is not an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    pub severity: String,
    pub sqlstate: SqlState,
    pub message: String,
    pub detail: Option<String>,
    pub hint: Option<String>,
    /// Where it was raised: the call stack of functions.
    pub trace: Option<String>,
}

impl From<&DbError> for Notice {
    fn from(message: &DbError) -> Notice {
        Notice {
            severity: message.severity().to_owned(),
            sqlstate: message.code().into(),
            message: message.message().to_owned(),
            detail: message.detail().map(str::to_owned),
            hint: message.hint().map(str::to_owned),
            trace: message.where_().map(str::to_owned),
        }
    }
}

/// What a NOTIFY of some session brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    pub channel: String,
    pub payload: String,
    pub process: i32,
}

#[derive(Debug, Default)]
struct Received {
    notices: Vec<Notice>,
    notifications: Vec<Notification>,
    dropped: usize,
    ended: Option<String>,
}

impl Received {
    fn keep(&mut self, message: AsyncMessage) {
        match message {
            AsyncMessage::Notice(_) if self.notices.len() >= KEPT => self.dropped += 1,
            AsyncMessage::Notice(notice) => self.notices.push(Notice::from(&notice)),
            AsyncMessage::Notification(_) if self.notifications.len() >= KEPT => self.dropped += 1,
            AsyncMessage::Notification(n) => self.notifications.push(Notification {
                channel: n.channel().to_owned(),
                payload: n.payload().to_owned(),
                process: n.process_id(),
            }),
            _ => {}
        }
    }
}

/// A session. Dropping it ends the connection; [`Session::close`] also waits until it is over.
pub struct Session {
    client: Client,
    received: Arc<Mutex<Received>>,
    connection: JoinHandle<()>,
}

impl Session {
    /// Connects; errors are raw because callers decide between "try again", "wrong password" and "no server".
    pub(super) async fn open(config: &Config) -> Result<Session, tokio_postgres::Error> {
        let (client, connection) = config.connect(NoTls).await?;
        let received = Arc::new(Mutex::new(Received::default()));
        let connection = tokio::spawn(listen(connection, Arc::clone(&received)));
        Ok(Session {
            client,
            received,
            connection,
        })
    }

    /// Connects within a limit of time.
    pub(super) async fn open_in_time(config: &Config, doing: &str) -> Result<Session, ServerError> {
        within(CONNECT_LIMIT, doing, async {
            Session::open(config)
                .await
                .map_err(|error| ServerError::of(doing, &error))
        })
        .await
    }

    /// The client that sends statements.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Notices that arrived since the last call. Those of a finished statement have all arrived.
    pub fn take_notices(&self) -> Vec<Notice> {
        std::mem::take(&mut self.lock().notices)
    }

    /// Notifications that arrived since the last call.
    pub fn take_notifications(&self) -> Vec<Notification> {
        std::mem::take(&mut self.lock().notifications)
    }

    /// How many notices and notifications were not kept, since the session began, because too many came at once.
    pub fn dropped_messages(&self) -> usize {
        self.lock().dropped
    }

    /// Why the connection ended, once it has.
    pub fn ended(&self) -> Option<String> {
        self.lock().ended.clone()
    }

    /// Cancels what the session is doing, through a connection of its own.
    pub fn cancel_token(&self) -> CancelToken {
        self.client.cancel_token()
    }

    /// Says goodbye and waits until the connection is over.
    pub async fn close(self) {
        let Session {
            client, connection, ..
        } = self;
        drop(client);
        let abort = connection.abort_handle();
        if tokio::time::timeout(CLOSE_LIMIT, connection).await.is_err() {
            abort.abort();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Received> {
        // A panic while holding the lock cannot leave a vector half pushed.
        self.received
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

/// Drives the connection and keeps what the server says on the side.
async fn listen(mut connection: Connection<Socket, NoTlsStream>, received: Arc<Mutex<Received>>) {
    let reason = loop {
        match std::future::poll_fn(|cx| connection.poll_message(cx)).await {
            Some(Ok(message)) => {
                if let Ok(mut received) = received.lock() {
                    received.keep(message);
                }
            }
            Some(Err(error)) => break with_causes(&error),
            None => break "closed".to_owned(),
        }
    };
    if let Ok(mut received) = received.lock() {
        received.ended = Some(reason);
    }
}
