import { readFileSync } from "node:fs";
import { nameSchema, type Role, roleSchema } from "@pave/contract";
import { z } from "zod";
import { messageOf, PaveError } from "../../kernel/pave-error.ts";
import { parseSpec } from "../../kernel/spec/index.ts";
import type { GroupGrants } from "../access/index.ts";

/*
 * What groups of an OpenID provider give here, as one readable file:
 *
 *   apiVersion: pave/v1
 *   kind: groups
 *   groups:
 *     ml-engineers: { teams: [team-ops] }
 *     risk:         { roles: { flight-delays: reviewer } }
 *     platform:     { admin: true, teams: [platform] }
 */
const groupSchema = z.strictObject({
  teams: z.array(nameSchema).max(100).default([]),
  roles: z.record(nameSchema, roleSchema).default({}),
  admin: z.boolean().default(false),
});

const fileSchema = z.strictObject({
  apiVersion: z.literal("pave/v1"),
  kind: z.literal("groups"),
  groups: z.record(z.string().min(1).max(500), groupSchema),
});

export type GroupMapping = z.output<typeof fileSchema>["groups"];

/** Reads the file; throws `config.invalid` with every mistake and its place. Without a file, groups give nothing. */
export function readGroupMapping(path: string): GroupMapping {
  if (path === "") return {};
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new PaveError("config.invalid", `PAVE_OIDC_GROUPS_FILE: ${path} cannot be read: ${messageOf(error)}`, {
      fix: "Give the path of a file that the server's user can read.",
    });
  }
  const { value, problems } = parseSpec(text, path, fileSchema);
  if (value) return value.groups;
  const [first] = problems;
  throw new PaveError("config.invalid", `${path}:${first?.line ?? 1}: ${first?.message ?? "is not valid"}`, {
    fix: "Correct the file; /docs/people has an example.",
    problems,
  });
}

/** What a person in these groups is given. Of several roles on one project the one that may most counts. */
export function grantsOf(mapping: GroupMapping, groups: readonly string[]): GroupGrants {
  const given = groups.flatMap((name) => (Object.hasOwn(mapping, name) ? [mapping[name]] : [])).filter((one) => !!one);
  const roles = new Map<string, Role>();
  for (const [project, role] of given.flatMap((one) => Object.entries(one.roles))) {
    const known = roles.get(project);
    if (known === undefined || strength[role] > strength[known]) roles.set(project, role);
  }
  return {
    teams: [...new Set(given.flatMap(({ teams }) => teams))],
    platformAdmin: given.some(({ admin }) => admin),
    roles: [...roles].map(([project, role]) => ({ project, role })),
  };
}

const strength: Record<Role, number> = { viewer: 0, reviewer: 1, developer: 2, admin: 3 };
