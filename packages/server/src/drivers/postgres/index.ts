export { startEmbeddedPostgres } from "./embedded-postgres.ts";
export { findRunningPostgres, hasPostgres } from "./find-running.ts";
export { stopLeftoverPostgres } from "./stop-leftover.ts";
