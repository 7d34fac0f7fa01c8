import type { EnvironmentSpec, ProjectSpec } from "@pave/contract";
import type { Ctx } from "../../db/context.ts";
import { canonicalJson, digestOfJson } from "../../kernel/json.ts";
import { PaveError } from "../../kernel/pave-error.ts";
import type { PlannedAction } from "../plans/index.ts";
import type { Provisioner, WantedResource } from "./provisioner.ts";
import { listResources, type ResourceRow } from "./resource-store.ts";

export interface PlanResources {
  readonly projectId: string;
  readonly project: string;
  readonly environment: EnvironmentSpec;
  readonly resources: ProjectSpec["resources"];
}

/** What the environment lacks for the project, as actions of a plan; nothing once everything is there. */
export async function planResources(
  provisioner: Provisioner,
  ctx: Ctx,
  input: PlanResources,
): Promise<PlannedAction[]> {
  const there = await listResources(ctx, { projectId: input.projectId, environment: input.environment.name });
  const reason =
    there.length === 0
      ? `The first plan for ${input.environment.name} makes what the project needs there`
      : "The environment lacks it";
  return wantedResources(provisioner, input).flatMap((wanted) => {
    const { title, undo, outputs } = provisioner.plan(wanted);
    const row = there.find(({ type, name }) => type === wanted.type && name === wanted.name);
    if (row && canonicalJson(row.outputs) === canonicalJson(outputs) && row.class === wanted.class) return [];
    return [
      {
        id: `provision.${wanted.type}.${wanted.name}`,
        kind: "provision",
        subject: `${wanted.type} ${wanted.name} in ${wanted.environment}`,
        title,
        reason: row ? "What is wanted has changed" : reason,
        undo,
        change: row ? ("update" as const) : ("create" as const),
        before: row ? { class: row.class, outputs: row.outputs } : null,
        after: { class: wanted.class, outputs, limits: wanted.limits },
      },
    ];
  });
}

function wantedResources(
  provisioner: Provisioner,
  { projectId, project, environment, resources }: PlanResources,
): WantedResource[] {
  const base = { projectId, project, environment: environment.name, class: "default", limits: {} };
  const quotas = Object.entries(environment.quotas).filter(
    (entry): entry is [string, number] => entry[1] !== undefined,
  );
  const wanted: WantedResource[] = [
    { ...base, type: "artifacts", name: "default" },
    { ...base, type: "identity", name: "default" },
    { ...base, type: "quota", name: "default", limits: Object.fromEntries(quotas) },
    ...Object.entries(resources).map(([name, { type, class: size }]) => ({ ...base, type, name, class: size })),
  ];
  const impossible = wanted.find(({ type }) => !provisioner.types.includes(type));
  if (impossible) {
    throw new PaveError(
      "resource.unavailable",
      `resources.${impossible.name}: ${environment.name} cannot provide the type ${impossible.type}; its provider ${provisioner.name} has ${provisioner.types.join(", ")}`,
      {
        fix: "Take it out of `resources:`, or ask the platform team for a provider that has it.",
      },
    );
  }
  return wanted;
}

/** Moves when anything about the resources of a project in an environment does. */
export function resourcesVersion(rows: readonly ResourceRow[]): string {
  return rows.length === 0
    ? "none"
    : digestOfJson(rows.map(({ type, name, class: size, outputs }) => [type, name, size, outputs])).slice(0, 19);
}
