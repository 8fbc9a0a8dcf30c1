//! The one test binary.
mod apply;
mod catalog;
mod cli;
mod config;
mod engine;
mod migrations;
mod plans;
mod report;
mod scenarios;
mod server;
mod sessions;
mod status;
mod strategies;
mod support;
mod tenancy;
mod tidy;
mod world;
