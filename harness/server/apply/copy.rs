//! Runs `COPY … FROM stdin` with the lines that follow it in its file.
use super::{ApplyError, Run};
use futures_util::SinkExt;
use std::io::Cursor;

impl<P: FnMut(usize, usize)> Run<'_, P> {
    pub(super) async fn copy_in(&mut self, statement: usize) -> Result<(), ApplyError> {
        self.drain().await?;
        let of = &self.migrations.statements[statement];
        let lines = of.copy.clone().unwrap_or_default();
        let bytes = self.migrations.files[of.file].text[lines]
            .as_bytes()
            .to_vec();
        let sql = self.migrations.text(statement);
        let client = self.client;
        let received = self
            .in_time(async move {
                let sink = client.copy_in::<_, Cursor<Vec<u8>>>(sql).await?;
                let mut sink = std::pin::pin!(sink);
                sink.send(Cursor::new(bytes)).await?;
                sink.finish().await?;
                Ok(())
            })
            .await;
        self.settle(statement, received)
    }
}
