export { fetchCommit } from "./fetch-commit.ts";
