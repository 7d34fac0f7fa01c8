import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type ApiHouse, createApiHouse } from "../packages/server/src/rights/api-house.ts";
import { insertThings } from "../packages/server/src/rights/things.ts";
import { builtPave } from "./support/built-pave.ts";
import { type Commands, createCommands } from "./support/commands.ts";

let house: ApiHouse;
let folder: string;
let commands: Commands;
const tokens: Record<string, string> = {};
beforeAll(async () => {
  house = await createApiHouse();
  folder = await mkdtemp(join(tmpdir(), "pave-people-"));
  const url = await house.listen();
  commands = createCommands({
    folder,
    environment: { PAVE_HOME: folder, PAVE_URL: url },
    url: () => url,
    entry: await builtPave(),
  });
  await insertThings(house.ctx, await house.project("flights"), 1);
  for (const [name, role] of [
    ["dev", "developer"],
    ["grace", "reviewer"],
    ["ada", "admin"],
  ] as const)
    tokens[name] = (await house.person(name, { flights: role })).token;
  tokens.root = house.admin;
  await house.ctx.db.deleteFrom("reviews").execute();
}, 60_000);
afterAll(async () => {
  await house.close();
  await rm(folder, { recursive: true, force: true });
});

const pave = async (as: string, ...args: string[]) => {
  const { code, stdout, stderr } = await commands.pave(args, { token: tokens[as] ?? "", text: true });
  return { code, said: `${stdout}${stderr}` };
};
const p = ["--project", "flights"];

it("explains who may what, talks, and refuses with the fix", { timeout: 60_000 }, async () => {
  expect(await pave("ada", "access", "explain", "grace", "plan.approve", "flights")).toEqual({
    code: 0,
    said: expect.stringMatching(
      /Yes: grace may plan\.approve on project flights[\s\S]*\+ grace is reviewer, which has plan\.approve/,
    ),
  });
  const no = await pave("ada", "access", "explain", "dev", "plan.approve", "plan", "1", ...p);
  expect(no.said).toMatch(
    /No: dev may not[\s\S]*- dev is developer, which lacks[\s\S]*It would be allowed if[\s\S]*pave members set dev reviewer --project flights` \(ada/,
  );
  expect((await pave("dev", "access", "explain", "me", "environment.update", "platform")).said).toContain(
    "No: dev may not",
  );
  expect((await pave("ada", "access", "list", ...p, "--action", "plan.approve")).said).not.toMatch(/^dev /m);
  const wrong = await pave("dev", "access", "explain", "me", "plan.aprove", "flights");
  expect(wrong.code).toBe(2);
  expect(wrong.said).toContain("did you mean `plan.approve`?");

  expect((await pave("dev", "comments", "add", "run", "1", ...p, "-m", "@grace look, @nobody")).said).toMatch(
    /Said; told grace\.[\s\S]*Not told: nobody, nobody of that name can read this project\./,
  );
  expect((await pave("grace", "comments", "list", "run", "1", ...p)).said).toContain("@grace look, @nobody");
  expect((await pave("dev", "comments", "add", "house", "1", ...p, "-m", "x")).said).toContain(
    "expected run, plan, model or alert",
  );
});

it("reviews a model version, and hands over what somebody held", { timeout: 60_000 }, async () => {
  const file = join(folder, "staging.yaml");
  const { body } = await house.send("GET", "/api/v1/environments/staging", house.admin);
  await writeFile(file, `${body.source}reviews: [{ id: use, ask: "What for?", evidence: required }]\n`);
  await pave("root", "environments", "apply", file, "--yes", "--no-wait");
  for (const loop of house.app.loops) if (loop.name === "plans") await loop.run(house.ctx);
  const version = "flights-model@1";
  expect((await pave("dev", "reviews", "answer", version, "use", ...p, "-m", "x")).said).toContain(
    "Nobody has asked for a review",
  );
  expect((await pave("dev", "reviews", "request", version, ...p)).said).toContain("use: What for? (with evidence)");
  expect((await pave("grace", "reviews", "approve", version, ...p)).said).toContain("lack an answer");
  expect((await pave("dev", "reviews", "answer", version, "use", ...p, "-m", "delays", "--run", "1")).said).toContain(
    "delays (dev, run 1)",
  );
  expect((await pave("grace", "reviews", "approve", version, ...p, "-m", "fine")).said).toMatch(
    /approved[\s\S]*by grace[\s\S]*: fine/,
  );
  expect((await pave("dev", "reviews", "show", version, ...p)).said).toContain("approved");

  const ada = await house.ctx.db
    .selectFrom("principals")
    .select("id")
    .where("name", "=", "ada")
    .executeTakeFirstOrThrow();
  await house.ctx.db.updateTable("runs").set({ state: "queued", requested_by: ada.id }).execute();
  expect((await pave("root", "principals", "disable", "ada")).said).toContain("pave users hand-over ada SUCCESSOR");
  expect((await pave("root", "users", "hand-over", "ada", "grace", "--dry-run")).said).toContain("run 1 of flights");
  expect((await pave("root", "principals", "disable", "ada", "--to", "grace")).said).toContain("Disabled ada");
  expect((await pave("root", "projects", "set-owner", "flights", "no-team")).said).toContain(
    "There is no team no-team",
  );
});
