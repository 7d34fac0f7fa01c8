import { join } from "node:path";
import type { Plan } from "@pave/contract";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { asActor, type Ctx, createContext, inTransaction } from "../../../db/context.ts";
import { createTestDatabase, type TestDatabase } from "../../../db/test-database.ts";
import { waitingForLocks } from "../../../db/waiting-for-locks.ts";
import type { Actor } from "../../../kernel/actor.ts";
import { silentLogger } from "../../../kernel/logger.ts";
import { PaveError } from "../../../kernel/pave-error.ts";
import { createPrincipal } from "../../access/index.ts";
import { createPlans, SimulatedCrash } from "../../plans/index.ts";
import { changeEnvironmentAction } from "./change-environment-action.ts";
import { createEnvironments } from "./create-environments.ts";
import { saveEnvironment } from "./environments-store.ts";
import { getEnvironment, listEnvironments } from "./get-environment.ts";
import { parseEnvironment } from "./parse-environment.ts";
import { seedEnvironments } from "./seed-environments.ts";

const folder = join(import.meta.dirname, "../../../../../../environments");
const checkGate = (expression: string) =>
  expression.includes("nonsense") ? [{ message: "nonsense is unknown here", fix: "use metrics" }] : [];
const head = "apiVersion: pave/v1\nkind: environment\n";

let db: TestDatabase;
let ctx: Ctx;
let admins: Record<"ida" | "otto" | "pia", Actor>;
const journal = { entries: 0, crashAt: undefined as undefined | { entry: number; when: "before" | "after" } };

beforeAll(async () => {
  db = await createTestDatabase();
  ctx = createContext(db.database, { log: silentLogger });
  const person = async (name: string, platformAdmin = true): Promise<Actor> => {
    const { id } = await createPrincipal(ctx, { kind: "user", name, platformAdmin });
    const grant = { tokenId: "t", tokenKind: "session", platformAdmin, scopes: null, projectId: null } as const;
    return { principalId: id, kind: "user", name, actorKind: "person", grant };
  };
  admins = { ida: await person("ida"), otto: await person("otto"), pia: await person("pia", false) };
});
afterAll(() => db.drop());
beforeEach(async () => {
  await ctx.db.deleteFrom("environments").execute();
  await ctx.db.deleteFrom("ledger_events").execute();
  await ctx.db.deleteFrom("leases").execute();
  await ctx.db.updateTable("plans").set({ state: "cancelled" }).where("state", "<>", "applied").execute();
  Object.assign(journal, { entries: 0, crashAt: undefined });
});

/** The engine of one process. */
function boot() {
  const plans = createPlans({
    onJournal(when, entry) {
      if (when === "before") journal.entries += 1;
      if (journal.crashAt?.when === when && journal.crashAt.entry === journal.entries) throw new SimulatedCrash(entry);
    },
  });
  return { plans, environments: createEnvironments({ plans, checkGate }) };
}
const { plans, environments } = boot();

const as = (who: keyof typeof admins): Ctx => asActor(ctx, admins[who]);
const plan = (name: string, yaml: string, more: object = {}, who: keyof typeof admins = "ida"): Promise<Plan> =>
  environments.plan(as(who), { name, yaml: `${head}${yaml}`, ...more });
const key = (number: number) => ({ projectId: null, number, comment: "" });
const show = (number: number) => plans.show(ctx, key(number));
const events = () =>
  ctx.db
    .selectFrom("ledger_events")
    .select(["type", "subject_id", "plan_hash", "data"])
    .where("subject_type", "=", "environment")
    .orderBy("seq")
    .execute();

/** In force without a plan, as since the first start. */
async function there(name: string, yaml: string): Promise<void> {
  const source = `${head}name: ${name}\n${yaml}`;
  const others = new Map((await listEnvironments(ctx)).map((row) => [row.name, row.spec.after]));
  await saveEnvironment(ctx, parseEnvironment(source, name, { checkGate, others }), source);
}

describe("the first start", () => {
  test("makes staging without approvals and production after it with one; a later start changes nothing", async () => {
    await seedEnvironments(ctx, { folder, laptop: false, checkGate });
    const [staging, production] = await listEnvironments(ctx);
    expect(staging).toMatchObject({ name: "staging", version: 1, spec: { approvals: { quorum: 0 } } });
    expect(production).toMatchObject({
      name: "production",
      version: 1,
      spec: { after: "staging", approvals: { roles: ["reviewer", "admin"], quorum: 1, selfApproval: false } },
    });
    expect(await events()).toMatchObject([
      { type: "environment.changed", subject_id: "staging", plan_hash: null, data: { changed: ["created"] } },
      { type: "environment.changed", subject_id: "production", plan_hash: null, data: { changed: ["created"] } },
    ]);
    await there("production", "after: staging\napprovals: { quorum: 2 }\n");
    await seedEnvironments(ctx, { folder, laptop: true, checkGate });
    expect((await getEnvironment(ctx, "production")).spec.approvals).toMatchObject({ quorum: 2, selfApproval: false });
  });

  test("on a laptop lets authors approve their own plans, and a change of the rules too", async () => {
    await seedEnvironments(ctx, { folder, laptop: true, checkGate });
    const production = await getEnvironment(ctx, "production");
    expect(production.spec.approvals).toMatchObject({ quorum: 1, selfApproval: true });
    expect(production.source).toContain("# Where others depend on the answers.");
    const { number } = await plan("production", "name: production\nafter: staging\napprovals: { quorum: 2 }\n");
    await plans.approve(as("ida"), key(number));
    await plans.tick(ctx);
    expect((await getEnvironment(ctx, "production")).spec.approvals).toMatchObject({ quorum: 2, selfApproval: false });
  });
});

describe("a plan of an environment", () => {
  test("that is new needs nobody, and says why", async () => {
    const made = await plan("canary", "name: canary\napprovals: { quorum: 3 }\n");
    expect(made).toMatchObject({
      project: null,
      state: "applying",
      title: "Create the environment canary",
      approvals: { needed: 0 },
      reads: [{ thing: "environment canary", version: "none" }],
      actions: [{ kind: "change-environment", change: "create", before: null, after: { name: "canary" } }],
    });
    await plans.tick(ctx);
    expect((await show(made.number)).state).toBe("applied");
    expect(await getEnvironment(ctx, "canary")).toMatchObject({ version: 1, spec: { approvals: { quorum: 3 } } });
    expect(await events()).toMatchObject([
      {
        type: "environment.changed",
        subject_id: "canary",
        plan_hash: made.hash,
        data: { name: "canary", version: 1, changed: ["created"], plan: made.number },
      },
    ]);
  });

  test("that lowers its own approvals is approved under the old ones, by platform admins", async () => {
    await there("production", "approvals: { quorum: 2 }\n");
    const lowering = "name: production\napprovals: { quorum: 0, selfApproval: true }\n";
    const made = await plan("production", lowering);
    expect(made).toMatchObject({
      state: "open",
      title: "Change approvals of production",
      approvalRule: { roles: ["admin"], quorum: 2, selfApproval: false },
      reads: [{ thing: "environment production", version: "1" }],
      actions: [
        {
          change: "update",
          before: { approvals: { quorum: 2 } },
          after: { approvals: { quorum: 0 } },
          reason:
            "Judged by the rules in force (version 1), not by those it brings: 2 approvals by platform admins, other than the author",
          undo: "Restores the rules of version 1",
        },
      ],
    });
    await expect(plans.approve(as("ida"), key(made.number))).rejects.toMatchObject({ code: "approval.self" });
    await expect(plans.approve(as("pia"), key(made.number))).rejects.toMatchObject({ code: "access.denied" });
    await plans.approve(as("otto"), key(made.number));
    await expect(plans.apply(as("otto"), key(made.number))).rejects.toMatchObject({ code: "plan.not_approved" });
    await plans.tick(ctx);
    expect((await getEnvironment(ctx, "production")).version).toBe(1);
  });

  test.each([
    ["approvals", "approvals: { quorum: 3 }"],
    ["gates", "approvals: { quorum: 1 }\ngates: [{ check: rows > 1 }]"],
    ["after", "approvals: { quorum: 1 }\nafter: staging"],
    ["freeze", "approvals: { quorum: 1 }\nfreeze: { reason: holidays }"],
    ["quotas", "approvals: { quorum: 1 }\nquotas: { deployments: 1 }"],
  ])("waits for the old quorum whatever it changes: %s", async (part, yaml) => {
    await there("staging", "");
    await there("production", "approvals: { quorum: 1 }\n");
    const made = await plan("production", `name: production\n${yaml}\n`);
    expect(made).toMatchObject({ state: "open", title: `Change ${part} of production`, approvals: { needed: 1 } });
    await plans.approve(as("otto"), key(made.number));
    await plans.tick(ctx);
    expect((await show(made.number)).state).toBe("applied");
    expect((await getEnvironment(ctx, "production")).version).toBe(2);
  });

  test("lifts a freeze, which stops releases and not the way out of it", async () => {
    await there("staging", "freeze: { reason: holidays }\n");
    const made = await plan("staging", "name: staging\n");
    expect(made).toMatchObject({ state: "applying", verdicts: [] });
  });

  test("that changes nothing is refused, comments or not", async () => {
    await there("staging", "approvals: { quorum: 1 }\n");
    await expect(plan("staging", "approvals: { quorum: 1 } # one\nname: staging\n")).rejects.toMatchObject({
      code: "plan.nothing_to_do",
      message: "There is nothing to do: staging already says so, as version 1",
    });
  });

  test("for show changes nothing", async () => {
    await there("staging", "");
    const seen = await plan("staging", "name: staging\nfreeze: { reason: x }\n", { dryRun: true });
    expect(seen).toMatchObject({ number: 0, state: "ready" });
    await plans.tick(ctx);
    expect((await getEnvironment(ctx, "staging")).version).toBe(1);
  });

  test.each([
    [
      "an unknown key",
      "name: staging\napproval: {}\n",
      "environments/staging.yaml:4:1: unknown key `approval`; did you mean `approvals`?",
    ],
    ["another name", "name: prod\n", "`name`: expected staging, found prod"],
    [
      "an environment that is not there",
      "name: staging\nafter: prodution\n",
      "environments/staging.yaml:4:8: `after`: there is no environment `prodution`; did you mean `production`?",
    ],
    [
      "a circle",
      "name: staging\nafter: production\n",
      "environments/staging.yaml:4:8: `after`: the environments follow each other in a circle: production → staging → production",
    ],
    [
      "itself",
      "name: staging\nafter: staging\n",
      "environments/staging.yaml:4:8: `after`: the environments follow each other in a circle: staging → staging",
    ],
    [
      "a gate that does not type-check",
      "name: staging\ngates: [{ check: nonsense > 1 }]\n",
      "environments/staging.yaml:4:18: nonsense is unknown here",
    ],
    [
      "a role that is none",
      "name: staging\napprovals: { roles: [boss] }\n",
      'environments/staging.yaml:4:22: `approvals.roles[0]`: expected one of viewer, developer, reviewer, admin, found the text "boss"',
    ],
    [
      "approvals by nobody",
      "name: staging\napprovals: { quorum: 1, roles: [] }\n",
      "environments/staging.yaml:4:32: `approvals.roles`: expected at least one role that may approve, found none",
    ],
    [
      "a canary that never gets all of the traffic",
      "name: staging\nrollout: { canary: [5, 25] }\n",
      "environments/staging.yaml:4:20: `rollout.canary`: expected percentages that rise to 100, for example [5, 25, 100], found a list of 2",
    ],
    [
      "a canary that falls",
      "name: staging\nrollout: { canary: [25, 5, 100] }\n",
      "environments/staging.yaml:4:20: `rollout.canary`: expected percentages that rise to 100, for example [5, 25, 100], found a list of 3",
    ],
    [
      "a condition to abort, where all traffic moves at once and nobody would look at it",
      'name: staging\nrollout: { every: 10m, abortWhen: ["errorRate > 0.01"] }\n',
      "environments/staging.yaml:4:35: `rollout.abortWhen`: all traffic moves at once, and nobody would look at `errorRate > 0.01`",
    ],
    [
      "a condition to abort that does not type-check",
      'name: staging\nrollout: { canary: [5, 100], abortWhen: ["nonsense > 0.01"] }\n',
      "environments/staging.yaml:4:42: nonsense is unknown here",
    ],
    [
      "vars, which no run takes",
      "name: staging\nvars: { sample: 1000 }\n",
      'environments/staging.yaml:4:7: `vars`: expected nothing, found {"sample":1000}, which cannot be done yet',
    ],
    [
      "a quota of bytes, which no upload is held against",
      "name: staging\nquotas: { artifactBytes: 1000 }\n",
      "environments/staging.yaml:4:26: `quotas.artifactBytes`: expected nothing, found 1000, which cannot be done yet",
    ],
  ])("with %s is refused with its place, and nothing changes", async (_, yaml, message) => {
    await there("staging", "");
    await there("production", "after: staging\n");
    await expect(plan("staging", yaml)).rejects.toMatchObject({ code: "environment.invalid", message });
    expect((await plans.list(ctx, { projectId: null, state: "open", limit: 1 })).items).toEqual([]);
    expect((await getEnvironment(ctx, "staging")).version).toBe(1);
  });

  test("an environment that is not there is told with those that are", async () => {
    await there("staging", "");
    await expect(getEnvironment(ctx, "stagging")).rejects.toMatchObject({
      code: "environment.not_found",
      message: "There is no environment stagging; did you mean `staging`?",
    });
  });
});

describe("a plan whose environment has moved", () => {
  const raise = (quorum: number) => `name: production\napprovals: { quorum: ${quorum}, selfApproval: true }\n`;

  test("is stale, and computed again it is judged by the rules that came meanwhile", async () => {
    await there("production", "approvals: { quorum: 1, selfApproval: true }\n");
    const late = await plan("production", `${raise(1)}gates: [{ check: rows > 1 }]\n`);
    const first = await plan("production", raise(2));
    await plans.approve(as("otto"), key(first.number));
    await plans.tick(ctx);
    await expect(plans.approve(as("otto"), key(late.number))).rejects.toMatchObject({
      code: "plan.stale",
      message: `Plan ${late.number} is stale: environment production was 1, is 2`,
    });
    const next = await plans.recompute(as("ida"), key(late.number));
    expect(await show(next)).toMatchObject({ state: "open", approvals: { given: 0, needed: 2 } });
    await plans.approve(as("ida"), key(next));
    await plans.approve(as("otto"), key(next));
    await plans.tick(ctx);
    expect((await getEnvironment(ctx, "production")).spec).toMatchObject({
      approvals: { quorum: 1 },
      gates: [{ check: "rows > 1" }],
    });
  });

  test("between the beginning of two of them: the second fails and changes nothing", async () => {
    await there("staging", "");
    const made = [
      await plan("staging", "name: staging\ndescription: one\n"),
      await plan("staging", "name: staging\ndescription: two\n"),
    ];
    expect(made.map(({ state }) => state)).toEqual(["applying", "applying"]);
    await plans.tick(ctx);
    expect(await Promise.all(made.map(async ({ number }) => (await show(number)).state))).toEqual([
      "applied",
      "failed",
    ]);
    expect((await show(made[1]?.number ?? 0)).message).toContain("expected version 1, found 2");
    expect(await getEnvironment(ctx, "staging")).toMatchObject({ version: 2, spec: { description: "one" } });
  });

  test("by two that together make a circle: the second fails", async () => {
    await there("one", "");
    await there("two", "");
    const first = await plan("one", "name: one\nafter: two\n");
    const second = await plan("two", "name: two\nafter: one\n");
    await plans.tick(ctx);
    expect((await show(first.number)).state).toBe("applied");
    expect(await show(second.number)).toMatchObject({
      state: "failed",
      message: expect.stringContaining("the environments follow each other in a circle"),
    });
  });

  test("by two that create the same: the second fails", async () => {
    const first = await plan("new", "name: new\ndescription: one\n");
    const second = await plan("new", "name: new\ndescription: two\n");
    await plans.tick(ctx);
    expect([(await show(first.number)).state, (await show(second.number)).state]).toEqual(["applied", "failed"]);
    expect((await getEnvironment(ctx, "new")).spec.description).toBe("one");
  });

  test("does not move while a plan begins to be applied", async () => {
    await there("staging", "");
    const made = await plan("staging", "name: staging\ndescription: one\n", { autoApply: false });
    const begun = Promise.withResolvers<void>();
    const held = Promise.withResolvers<void>();
    const beginning = inTransaction(ctx, async (ctx) => {
      await plans.apply(ctx, key(made.number));
      begun.resolve();
      await held.promise;
    });
    await begun.promise;
    const changing = ctx.db.updateTable("environments").set({ version: 7 }).where("name", "=", "staging").execute();
    await expect.poll(() => waitingForLocks(ctx)).toBe(1);
    held.resolve();
    await Promise.all([beginning, changing]);
    expect((await show(made.number)).state).toBe("applying");
  });
});

describe("after a crash", () => {
  // applying, remembered, applied, plan: applied
  test.each(
    [1, 2, 3, 4].flatMap((entry) => [
      { entry, when: "before" as const },
      { entry, when: "after" as const },
    ]),
  )("$when journal entry $entry the change is made once", async (crashAt) => {
    await there("staging", "# as it was\n");
    const { number } = await plan("staging", "name: staging\nfreeze: { reason: holidays }\n");
    journal.crashAt = crashAt;
    await plans.tick(ctx);
    expect(journal.entries).toBe(crashAt.entry);
    journal.crashAt = undefined;
    await ctx.db.deleteFrom("leases").execute();
    await boot().plans.tick(ctx);
    expect((await show(number)).state).toBe("applied");
    expect(await getEnvironment(ctx, "staging")).toMatchObject({
      version: 2,
      spec: { freeze: { reason: "holidays" } },
    });
    expect((await events()).map(({ type }) => type)).toEqual(["environment.changed"]);
  });

  test("another change on top of it is neither lost nor blamed", async () => {
    await there("staging", "");
    const { number } = await plan("staging", "name: staging\nfreeze: { reason: holidays }\n");
    journal.crashAt = { entry: 3, when: "before" };
    await plans.tick(ctx);
    journal.crashAt = undefined;
    const next = await plan("staging", "name: staging\nfreeze: { reason: audit }\n");
    const { plans: another } = boot();
    expect(await another.advance(ctx, next.id)).toBe(true);
    await ctx.db.deleteFrom("leases").execute();
    await another.tick(ctx);
    expect([(await show(number)).state, (await show(next.number)).state]).toEqual(["applied", "applied"]);
    expect((await getEnvironment(ctx, "staging")).spec.freeze).toEqual({ reason: "audit" });
  });
});

describe("a change whose plan turns around", () => {
  /** As if a later action of the plan had failed. */
  const failing = () => {
    const process = boot();
    const real = changeEnvironmentAction({ checkGate });
    process.plans.registerAction("change-environment", {
      async apply(ctx, step) {
        await real.apply(ctx, step);
        throw new PaveError("resource.unavailable", "what comes after it failed");
      },
      undo: real.undo,
    });
    return process.plans;
  };
  // applying, remembered, failed, undone, plan: failed
  const crashes = [
    undefined,
    ...[4, 5].flatMap((entry) => (["before", "after"] as const).map((when) => ({ entry, when }))),
  ];

  test.each(crashes)(
    "is taken back once: the old rules are in force again, as they were written (crash %j)",
    async (crashAt) => {
      await there("staging", "freeze: { reason: holidays } # until monday\n");
      const { number } = await plan("staging", "name: staging\n");
      journal.crashAt = crashAt;
      await failing().tick(ctx);
      journal.crashAt = undefined;
      await ctx.db.deleteFrom("leases").execute();
      await failing().tick(ctx);
      expect((await show(number)).state).toBe("failed");
      expect(await getEnvironment(ctx, "staging")).toMatchObject({
        version: 3,
        spec: { freeze: { reason: "holidays" } },
        source: expect.stringContaining("# until monday"),
      });
      expect((await events()).map(({ type }) => type)).toEqual(["environment.changed", "environment.restored"]);
    },
  );

  test("leaves no new environment behind", async () => {
    const { number } = await plan("canary", "name: canary\n");
    await failing().tick(ctx);
    expect((await show(number)).state).toBe("failed");
    expect(await listEnvironments(ctx)).toEqual([]);
    expect((await events()).map(({ type }) => type)).toEqual(["environment.changed", "environment.restored"]);
  });
});
