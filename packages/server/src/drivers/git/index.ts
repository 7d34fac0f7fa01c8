export { type CommitFile, type FetchedCommit, type FetchOptions, fetchCommit } from "./fetch-commit.ts";
