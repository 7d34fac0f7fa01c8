/** What the platform and its runners have to know of Python's packages: PEP 440, 503 and 508, and pip's locks. */
export { joinedLines } from "./joined-lines.ts";
export { normalizeName, parseRequirement, requirementProblem } from "./requirements.ts";
export { satisfies } from "./versions.ts";
