export { startEmbeddedPostgres } from "./embedded-postgres.ts";
export { stopLeftoverPostgres } from "./stop-leftover.ts";
