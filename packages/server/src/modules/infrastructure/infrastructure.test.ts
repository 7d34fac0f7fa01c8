import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { environmentSpecSchema } from "@pave/contract";
import { afterAll, beforeAll, expect, it } from "vitest";
import { json } from "../../db/column-types.ts";
import { type Ctx, createContext } from "../../db/context.ts";
import { createTestDatabase, type TestDatabase } from "../../db/test-database.ts";
import { silentLogger } from "../../kernel/logger.ts";
import { createPlans, type Plans } from "../plans/index.ts";
import { createInfrastructure, createLocalProvisioner, type Infrastructure, infrastructureRoutes } from "./index.ts";

let db: TestDatabase;
let ctx: Ctx;
let folder: string;
let plans: Plans;
let infrastructure: Infrastructure;
beforeAll(async () => {
  db = await createTestDatabase();
  ctx = createContext(db.database, { log: silentLogger });
  folder = await mkdtemp(join(tmpdir(), "pave-infrastructure-"));
  await ctx.db
    .insertInto("environments")
    .values({ name: "staging", spec: json({}), source: "", updated_by: "system" })
    .execute();
  await ctx.db
    .insertInto("projects")
    .values({ id: "p", name: "flights", title: "", owner: "team", created_by: "system" })
    .execute();
  plans = createPlans();
  infrastructure = createInfrastructure({ plans, provisioner: createLocalProvisioner({ folder, database: true }) });
  plans.registerPlanner("provision", {
    evidence: {},
    async draft(ctx, { asked }) {
      const actions = await infrastructure.planResources(ctx, wish(asked.quotas as object, asked.resources as object));
      const fail = asked.fail ? [{ ...actions[0], id: "break", kind: "break" } as (typeof actions)[0]] : [];
      return {
        title: "t",
        revisionId: null,
        pinned: {},
        actions: [...actions, ...fail],
        reads: [],
        gates: [],
        approvals: { roles: ["reviewer"], quorum: 0, selfApproval: false },
        evidence: [],
        standing: [],
        pending: null,
        estimate: null,
      };
    },
    versions: async () => new Map(),
    present: async () => ({ candidate: null, champion: null, release: null }),
  });
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await db.drop();
});

const wish = (quotas: object = {}, resources: object = {}) => ({
  projectId: "p",
  project: "flights",
  environment: environmentSpecSchema.parse({ apiVersion: "pave/v1", kind: "environment", name: "staging", quotas }),
  resources: resources as Record<string, { type: "postgres"; class: string }>,
});
const run = async (asked: Record<string, unknown>) => {
  const plan = await plans.create(ctx, {
    kind: "provision",
    projectId: "p",
    project: "flights",
    environment: "staging",
    asked,
    autoApply: true,
  });
  await plans.tick(ctx);
  return plans.show(ctx, { projectId: "p", number: plan.number });
};
const resources = async () => {
  const answer = await infrastructureRoutes().listResources?.(
    ctx,
    { params: { project: "flights" }, query: undefined, body: undefined },
    {} as never,
  );
  return answer?.items.map(({ type, name, state, outputs }) => [type, name, state, outputs]);
};

it("a plan makes what is missing, the next one finds nothing, and a changed wish is an update that can be undone", async () => {
  const before = await infrastructure.resourcesVersion(ctx, { projectId: "p", environment: "staging" });
  expect((await run({ quotas: { deployments: 2 } })).state).toBe("applied");
  expect(await resources()).toEqual([
    ["artifacts", "default", "ready", { path: join(folder, "flights", "staging", "artifacts", "default") }],
    ["identity", "default", "ready", { principal: "flights.staging" }],
    ["quota", "default", "ready", { deployments: "2" }],
  ]);
  expect(await infrastructure.resourcesVersion(ctx, { projectId: "p", environment: "staging" })).not.toBe(before);
  expect(await infrastructure.planResources(ctx, wish({ deployments: 2 }))).toEqual([]);
  expect(await infrastructure.planResources(ctx, wish({ deployments: 3 }))).toMatchObject([
    { id: "provision.quota.default", change: "update", before: { outputs: { deployments: "2" } } },
  ]);

  plans.registerAction("break", {
    apply: async () => {
      throw Object.assign(new Error("no"), { name: "PaveError", code: "resource.unavailable", status: 422 });
    },
    undo: async () => ({ state: "done" }),
  });
  const failed = await run({
    quotas: { deployments: 3 },
    resources: { features: { type: "postgres", class: "small" } },
    fail: true,
  });
  expect(failed).toMatchObject({
    state: "failed",
    actions: [{ state: "undone" }, { state: "undone" }, { state: "failed" }],
  });
  expect(await resources()).toHaveLength(3);
  expect((await resources())?.[2]).toEqual(["quota", "default", "ready", { deployments: "2" }]);
});

it("a type that the provider does not have is refused when the plan is computed", async () => {
  const other = createInfrastructure({
    plans: createPlans(),
    provisioner: createLocalProvisioner({ folder, database: false }),
  });
  await expect(
    other.planResources(ctx, wish({}, { features: { type: "postgres", class: "small" } })),
  ).rejects.toMatchObject({
    code: "resource.unavailable",
    message:
      "resources.features: staging cannot provide the type postgres; its provider local has artifacts, identity, quota, bucket",
  });
});
