import { afterAll, beforeAll, expect, test } from "vitest";
import { asActor, type Ctx, createContext } from "../../db/context.ts";
import { createTestDatabase, type TestDatabase } from "../../db/test-database.ts";
import { silentLogger } from "../../kernel/logger.ts";
import { createPrincipal } from "../access/index.ts";
import { createPlans } from "../plans/index.ts";
import { createEnvironments } from "../projects/index.ts";
import { readHome } from "./home.ts";

let db: TestDatabase;
let ctx: Ctx;
beforeAll(async () => {
  db = await createTestDatabase();
  ctx = createContext(db.database, { log: silentLogger });
});
afterAll(() => db.drop());

async function person(name: string, platformAdmin: boolean): Promise<Ctx> {
  const { id } = await createPrincipal(ctx, { kind: "user", name, platformAdmin });
  const grant = { tokenId: "t", tokenKind: "session", platformAdmin, scopes: null, projectId: null } as const;
  return asActor(ctx, { principalId: id, kind: "user", name, actorKind: "person", grant });
}

test("a plan of the platform waits for its admins, and is nobody else's to see to", async () => {
  const [admin, developer] = [await person("ida", true), await person("dev", false)];
  const plans = createPlans();
  const environments = createEnvironments({ plans, checkGate: () => [] });
  const yaml = "apiVersion: pave/v1\nkind: environment\nname: canary\n";
  await environments.plan(admin, { name: "canary", yaml: `${yaml}approvals: { quorum: 1 }\n` });
  await plans.tick(ctx);
  await environments.plan(admin, { name: "canary", yaml });
  const waiting = async (ctx: Ctx) => (await readHome(ctx, { listDeployments: async () => [] })).waiting;
  expect(await waiting(admin)).toEqual([
    {
      kind: "approval",
      title: "Change approvals of canary",
      detail: "waits for an approval in canary",
      project: null,
      href: "/plans/2",
      command: "pave plans show 2 --platform",
      at: expect.any(String),
    },
  ]);
  expect(await waiting(developer)).toEqual([]);
});
