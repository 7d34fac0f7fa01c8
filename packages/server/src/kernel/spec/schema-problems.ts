import type { z } from "zod";
import { suggestion } from "../closest.ts";
import { valueAt } from "./describe-issue.ts";
import { describeValue, orList } from "./describe-value.ts";
import { kindOf, kinds, knownKeys, schemaAt } from "./schema-parts.ts";

export type SpecPath = readonly PropertyKey[];

/** A finding about the value, or with `key` about the key, at a path. */
export interface Finding {
  readonly path: SpecPath;
  readonly key?: boolean;
  readonly message: string;
  readonly fix: string;
}

/** What zod found, in sentences: what was expected, what is there, what to do. */
export function findingsOf(schema: z.ZodType, root: unknown, issues: readonly z.core.$ZodIssue[]): Finding[] {
  return issues.flatMap((issue) => toFindings(schema, root, issue));
}

/** `pipelines.train.steps`, as people write a place. */
const pathText = (path: SpecPath): string =>
  path.reduce<string>(
    (text, part) =>
      typeof part === "number" ? `${text}[${part}]` : text === "" ? String(part) : `${text}.${String(part)}`,
    "",
  );

function toFindings(schema: z.ZodType, root: unknown, issue: z.core.$ZodIssue): Finding[] {
  const { path } = issue;
  const place = pathText(path);
  const value = valueAt(root, path);
  const found = describeValue(value);
  const wrong = (expected: string, fix = `change it to ${expected}`): Finding[] => [
    { path, message: `${place === "" ? "the file" : `\`${place}\``}: expected ${expected}, found ${found}`, fix },
  ];

  if (issue.code === "unrecognized_keys")
    return issue.keys.map((key) => unknownKey(path, key, knownKeys(schema, path)));
  if (value === undefined && path.length > 0 && issue.code !== "custom") return [missing(schema, path)];
  switch (issue.code) {
    case "invalid_type":
      return wrong(
        kinds[issue.expected] ?? issue.expected,
        value === null ? "give it a value, or remove the key" : undefined,
      );
    case "invalid_value": {
      const values = issue.values.map(String);
      const meant = typeof value === "string" ? suggestion(value, values) : "";
      const [finding] = wrong(values.length === 1 ? `\`${values[0]}\`` : `one of ${values.join(", ")}`);
      return finding
        ? [
            {
              ...finding,
              message: `${finding.message}${meant}`,
              fix: `use ${orList(values.map((text) => `\`${text}\``))}`,
            },
          ]
        : [];
    }
    case "invalid_union":
      return wrong(orList(kindOf(schemaAt(schema, path))));
    case "too_small":
      return wrong(`at least ${issue.minimum}${unitOf(issue.origin)}`);
    case "too_big":
      return wrong(`at most ${issue.maximum}${unitOf(issue.origin)}`);
    case "invalid_key":
      return [
        {
          path,
          key: true,
          message: `\`${String(path.at(-1))}\` ${issue.issues[0]?.message ?? "is not a valid name"}`,
          fix: "rename it",
        },
      ];
    default: {
      const rule = issue.message.replace(/^must be /, "");
      return issue.message.startsWith("must be ")
        ? wrong(rule)
        : [{ path, message: `\`${place}\` ${issue.message}, found ${found}`, fix: "change it" }];
    }
  }
}

function unknownKey(path: SpecPath, key: string, known: readonly string[]): Finding {
  const where = path.length === 0 ? "" : ` in \`${pathText(path)}\``;
  const meant = suggestion(key, known);
  return {
    path: [...path, key],
    key: true,
    message: `unknown key \`${key}\`${where}${meant}`,
    fix: known.length > 0 ? `use one of ${known.join(", ")}, or remove it` : "remove it",
  };
}

function missing(schema: z.ZodType, path: SpecPath): Finding {
  const key = String(path.at(-1));
  const kind = orList(kindOf(schemaAt(schema, path)));
  return {
    path: path.slice(0, -1),
    key: true,
    message: `\`${pathText(path)}\` is missing${kind ? `: expected ${kind}` : ""}`,
    fix: `add \`${key}:\``,
  };
}

const unitOf = (origin: string): string =>
  ({ string: " characters", array: " items", record: " entries" })[origin] ?? "";
