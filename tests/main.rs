//! The one test binary.
mod apply;
mod catalog;
mod cli;
mod config;
mod migrations;
mod report;
mod server;
mod support;
mod tidy;
mod world;
