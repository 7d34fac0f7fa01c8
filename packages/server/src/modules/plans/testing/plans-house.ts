import { json } from "../../../db/column-types.ts";
import { asActor, createContext } from "../../../db/context.ts";
import { createTestDatabase } from "../../../db/test-database.ts";
import type { Actor } from "../../../kernel/actor.ts";
import { newId } from "../../../kernel/ids.ts";
import { silentLogger } from "../../../kernel/logger.ts";
import { PaveError } from "../../../kernel/pave-error.ts";
import { createPrincipal, setProjectRole } from "../../access/index.ts";
import {
  type ActionHandler,
  createPlans,
  type Draft,
  mapOf,
  numberType,
  type PlannedAction,
  type Plans,
  SimulatedCrash,
} from "../index.ts";

export type PlansHouse = Awaited<ReturnType<typeof createPlansHouse>>;

/**
 * A database with a developer (ann), a reviewer (bob) and an admin (eve) of a project, a fresh one for each test, and two
 * platform admins (ida, otto).
 */
export async function createPlansHouse() {
  const db = await createTestDatabase();
  const ctx = createContext(db.database, { log: silentLogger });
  const person = async (name: string, platformAdmin = false): Promise<Actor> => {
    const { id } = await createPrincipal(ctx, { kind: "user", name, platformAdmin });
    const grant = { tokenId: "t", tokenKind: "session", platformAdmin, scopes: null, projectId: null } as const;
    return { principalId: id, kind: "user", name, actorKind: "person", grant };
  };
  const people = {
    ann: await person("ann"),
    bob: await person("bob"),
    eve: await person("eve"),
    ida: await person("ida", true),
    otto: await person("otto", true),
  };
  await ctx.db
    .insertInto("environments")
    .values({ name: "staging", spec: json({}), source: "", updated_by: "system" })
    .execute();

  const house = {
    ctx,
    project: { projectId: "", project: "", environment: "staging" },
    async freshProject(): Promise<void> {
      const projectId = newId();
      const project = `p${projectId.slice(-8)}`;
      await ctx.db
        .insertInto("projects")
        .values({ id: projectId, name: project, title: "", owner: "team", created_by: "system" })
        .execute();
      house.project = { projectId, project, environment: "staging" };
      await house.setRole("ann", "developer");
      await house.setRole("bob", "reviewer");
      await house.setRole("eve", "admin");
    },
    /** A plan of the platform, by ida. */
    createForPlatform: (plans: Plans, more: object = {}) =>
      plans.create(house.as("ida"), {
        kind: "test",
        ...{ projectId: null, project: null, environment: "staging" },
        asked: {},
        autoApply: true,
        ...more,
      }),
    setRole: (who: keyof typeof people, role: "viewer" | "developer" | "reviewer" | "admin") =>
      setProjectRole(ctx, { projectId: house.project.projectId, principalId: people[who].principalId, role }),
    as: (who: keyof typeof people) => asActor(ctx, people[who]),
    create: (plans: Plans, more: object = {}) =>
      plans.create(house.as("ann"), { kind: "test", ...house.project, asked: {}, autoApply: true, ...more }),
    decision: (number: number, hash?: string) => ({ projectId: house.project.projectId, number, comment: "", hash }),
    expireLeases: () =>
      ctx.db
        .updateTable("leases")
        .set({ until: new Date(0) })
        .execute(),
    async eventTypes(): Promise<string[]> {
      const query = ctx.db.selectFrom("ledger_events").select("type").where("project_id", "=", house.project.projectId);
      return (await query.where("subject_type", "=", "plan").orderBy("seq").execute()).map(({ type }) => type);
    },
    close: () => db.drop(),
  };
  return house;
}

/** A world of numbered lamps: the planner plans to switch some on, the handler switches. */
export function createWorld(overrides: Partial<Draft> = {}) {
  const lamps = new Set<string>();
  const calls: string[] = [];
  const world = {
    lamps,
    calls,
    moved: "1",
    fails: new Set<string>(),
    draft: overrides,
    crashAt: undefined as undefined | { entry: number; when: "before" | "after" },
    entries: [] as string[],
    plans: undefined as unknown as Plans,
  };
  const boot = () => {
    const plans = createPlans({
      onJournal(when, entry) {
        if (when === "before") world.entries.push(entry);
        const at = world.crashAt;
        if (at && at.when === when && at.entry === world.entries.length) throw new SimulatedCrash(`${when} ${entry}`);
      },
    });
    plans.registerPlanner("test", {
      evidence: { metrics: mapOf(numberType) },
      draft: async () => draftOf(world.moved, world.draft),
      versions: async () => new Map([["lamp box", world.moved]]),
      present: async () => ({ candidate: null, champion: null, release: null }),
    });
    const handler: ActionHandler = {
      async apply(_ctx, { action, memo, remember }) {
        calls.push(`apply ${action.id}`);
        if (memo === null) await remember({ wasOn: lamps.has(action.id) });
        lamps.add(action.id);
        if (world.fails.has(action.id)) throw new PaveError("resource.unavailable", `no power for ${action.id}`);
        return { state: "done", result: { lamp: action.id } };
      },
      async undo(_ctx, { action, memo }) {
        calls.push(`undo ${action.id}`);
        if (memo?.wasOn === false) lamps.delete(action.id);
        return { state: "done" };
      },
    };
    plans.registerAction("lamp", handler);
    world.plans = plans;
    return plans;
  };
  boot();
  return { world, boot };
}

export const lamp = (id: string): PlannedAction => ({
  id,
  kind: "lamp",
  subject: `lamp ${id}`,
  title: `Switch ${id} on`,
  reason: "dark",
  undo: "switch it off",
  change: "create",
  before: null,
  after: { on: true },
});

const draftOf = (version: string, overrides: Partial<Draft>): Draft => ({
  title: "Light",
  revisionId: null,
  pinned: {},
  actions: [lamp("a"), lamp("b"), lamp("c")],
  reads: [{ thing: "lamp box", version }],
  gates: [{ check: "metrics.volts > 200", when: null, message: null, mode: "prevent", origin: "environment staging" }],
  approvals: { roles: ["reviewer"], quorum: 1, selfApproval: false },
  evidence: [{ subject: "lamps", values: { metrics: { volts: 230 } } }],
  standing: [],
  pending: null,
  estimate: null,
  ...overrides,
});
