export { closest, suggestion } from "../closest.ts";
export { describeIssue } from "./describe-issue.ts";
export { describeValue, orList } from "./describe-value.ts";
export { knownKeys } from "./schema-parts.ts";
export type { SpecPath } from "./schema-problems.ts";
export { parseSpec, type SpecDocument } from "./spec-document.ts";
