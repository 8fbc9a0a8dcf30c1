//! What a strategy costs those who write: bytes a row, and blocks touched by an insert.
use crate::testbed::{Layout, Testbed, policy, strategy};
use watertight::plans::{Asking, Caller, explain};

/// One strategy on the leads of the plain heap.
#[derive(Debug, Clone)]
pub struct Storage {
    pub strategy: &'static str,
    pub index_bytes: i64,
    pub heap_bytes: i64,
    pub rows: i64,
    /// Blocks that inserting a thousand rows in one statement touches.
    pub insert_blocks: u64,
}

impl Storage {
    pub fn bytes_per_row(&self) -> f64 {
        self.index_bytes as f64 / self.rows as f64
    }

    /// Of the heap without any index, in percent.
    pub fn share(&self) -> f64 {
        100.0 * self.index_bytes as f64 / self.heap_bytes as f64
    }
}

/// A thousand rows that resemble those that are there, as of a year later.
const INSERT: &str = "
    insert into leads (id, workspace_id, first_name, last_name, email, phone, status, score, tags, custom_fields, created_at)
    select md5('later ' || id)::uuid, workspace_id, first_name, last_name, email, phone, status, score, tags, custom_fields,
      created_at + interval '1 year'
    from (select * from leads limit 1000) as sample";

pub async fn measure(bed: &Testbed) -> Vec<Storage> {
    let client = bed.client();
    let caller = Caller {
        name: "the service".to_owned(),
        role: policy::BYPASS.role().to_owned(),
        settings: vec![("search_path".to_owned(), "heap, public".to_owned())],
    };
    let mut all = Vec::new();
    for strategy in strategy::ALL.iter().filter(|one| !one.is_hashed) {
        strategy.build(client, Layout::Heap).await;
        let sizes = "
            select pg_relation_size('heap.leads'), coalesce(sum(pg_relation_size(indexrelid)), 0)::bigint,
              (select count(*) from heap.leads)
            from pg_index where indrelid = 'heap.leads'::regclass and not indisprimary";
        let row = client.query_one(sizes, &[]).await;
        let row = row.expect("sizes can be asked for");
        let plan = explain(client, &caller, INSERT, Asking::Once).await;
        all.push(Storage {
            strategy: strategy.name,
            heap_bytes: row.get(0),
            index_bytes: row.get(1),
            rows: row.get(2),
            insert_blocks: plan.expect("rows can be inserted").shared_blocks(),
        });
        strategy.drop(client, Layout::Heap).await;
        // What was rolled back is dead weight for the next.
        let swept = client.batch_execute("vacuum heap.leads").await;
        swept.expect("the heap can be swept");
    }
    all
}
