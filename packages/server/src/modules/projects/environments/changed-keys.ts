import { type EnvironmentSpec, environmentSpecSchema } from "@pave/contract";
import { canonicalJson } from "../../../kernel/json.ts";

/** The parts of an environment that differ: `approvals`, `gates`. */
export const changedKeys = (before: EnvironmentSpec, after: EnvironmentSpec): string[] =>
  (Object.keys(environmentSpecSchema.shape) as (keyof EnvironmentSpec)[]).filter(
    (key) => canonicalJson([before[key] ?? null]) !== canonicalJson([after[key] ?? null]),
  );
