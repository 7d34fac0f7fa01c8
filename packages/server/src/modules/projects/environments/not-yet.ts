import { type EnvironmentSpec, environmentSpecSchema } from "@pave/contract";
import { canonicalJson } from "../../../kernel/json.ts";
import type { Finding } from "../check/finding.ts";

/** The schema has a place for these and nothing reads them. Taken, they would be trusted to protect somebody. */
const unread = [["quotas", "artifactBytes"], ["vars"]] as const;

/** Settings of an environment that would promise what the platform does not do yet. */
export function notYet(spec: EnvironmentSpec): Finding[] {
  const byDefault = environmentSpecSchema.parse({ apiVersion: "pave/v1", kind: "environment", name: spec.name });
  return unread.flatMap((path) => {
    const [expected, found] = [at(byDefault, path), at(spec, path)];
    if (found === undefined || canonicalJson(found) === canonicalJson(expected ?? null)) return [];
    const wanted = expected === undefined || canonicalJson(expected) === "{}" ? "nothing" : JSON.stringify(expected);
    const key = path.join(".");
    return [
      {
        path: [...path],
        message: `\`${key}\`: expected ${wanted}, found ${JSON.stringify(found)}, which cannot be done yet`,
        fix: `remove \`${key}\``,
      },
    ];
  });
}

const at = (spec: EnvironmentSpec, path: readonly string[]): unknown =>
  path.reduce<unknown>((part, key) => (part as Record<string, unknown> | undefined)?.[key], spec);
