//! The flags of `watertight plans`.
use super::Target;
use crate::config::TableName;
use crate::report;
use clap::Args;
use clap::builder::PossibleValuesParser;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(in crate::cli) struct Plans {
    #[command(flatten)]
    pub target: Target,
    /// Fill each measured table with so many rows; 0 measures none
    #[arg(
        long,
        value_name = "N",
        default_value_t = 20_000,
        help_heading = "Measuring"
    )]
    pub rows: usize,
    /// Measure this table, such as public.contacts; a handful of the busiest when not given
    #[arg(long, value_name = "TABLE", value_parser = table, help_heading = "Measuring")]
    pub table: Vec<TableName>,
    /// Ask these statements as well, each named by the comment above it
    #[arg(long, value_name = "FILE", help_heading = "Measuring")]
    pub queries: Option<PathBuf>,
    /// The number that every random choice comes from
    #[arg(long, value_name = "N", help_heading = "Measuring")]
    pub seed: Option<u64>,
    /// Write the plans to this file, to compare with later
    #[arg(long, value_name = "FILE", help_heading = "Report")]
    pub save: Option<PathBuf>,
    /// Fail with exit code 1 when a plan is worse than in this file
    #[arg(long, value_name = "FILE", help_heading = "Report")]
    pub compare: Option<PathBuf>,
    /// Write everything as one page with drawings
    #[arg(long, value_name = "FILE", help_heading = "Report")]
    pub html: Option<PathBuf>,
    /// How to show it on standard output
    #[arg(long, value_name = "FORMAT", default_value = "full", help_heading = "Report",
          value_parser = PossibleValuesParser::new(report::PLANS_FORMATS))]
    pub format: String,
}

fn table(text: &str) -> Result<TableName, String> {
    TableName::parse(text).ok_or_else(|| "write it as schema.table".to_owned())
}
