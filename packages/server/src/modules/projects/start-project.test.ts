import { afterAll, beforeAll, expect, test } from "vitest";
import type { Ctx } from "../../db/context.ts";
import { PaveError } from "../../kernel/pave-error.ts";
import { holdBlobs } from "../artifacts/index.ts";
import { type StartProject, type StartProjectDeps, startProject } from "./start-project.ts";
import { createProjectsHouse, type ProjectsHouse } from "./testing/projects-house.ts";

let house: ProjectsHouse;
let ada: Ctx;
let table: string;
const started: string[] = [];
let deps: StartProjectDeps;

beforeAll(async () => {
  house = await createProjectsHouse();
  ada = await house.user("ada");
  deps = {
    artifacts: house.artifacts,
    startRun: async (_ctx, { project, pipeline }) => {
      started.push(`${project.name} ${pipeline}`);
      return { number: 1 };
    },
  };
  table = (await house.artifacts.storeBytes(ada, "a,late\n1,yes\n")).digest;
  await holdBlobs(ada, ada.actor.principalId, [table]);
});
afterAll(() => house.close());

const start = (over: Partial<StartProject>, ctx = ada, given: Partial<StartProjectDeps> = {}) =>
  startProject(
    ctx,
    house.projects,
    { ...deps, ...given },
    {
      name: "flights",
      template: "tabular-classification",
      answers: { target: "late" },
      run: true,
      ...over,
    },
  );
const names = async () => (await ada.db.selectFrom("projects").select("name").execute()).map(({ name }) => name);

test("a project is there with the template's files, the table and its first run, in one call", async () => {
  const made = await start({ data: { digest: table, filename: "../flights of May.csv" } });
  expect(made).toMatchObject({ project: { name: "flights" }, run: { number: 1 }, runProblem: null });
  expect(started).toEqual(["flights train"]);
  const { files } = made.revision;
  expect(files.map(({ path }) => path)).toEqual(
    expect.arrayContaining(["pave.yaml", "pave.lock", "README.md", "data/flights of May.csv"]),
  );
  const yaml = (await house.projects.readRevisionFile(ada, made.revision, "pave.yaml")).toString();
  expect(yaml).toContain("data/flights of May.csv");
  expect(files.find(({ path }) => path.startsWith("data/"))?.digest).toBe(table);
  expect((await house.projects.checkProject(ada, made.revision)).problems).toEqual([]);
});

test("what the template refuses, and bytes that somebody else uploaded, leave no project behind", async () => {
  await expect(start({ name: "half", answers: {} })).rejects.toMatchObject({ code: "template.answers_invalid" });
  await expect(start({ name: "half", template: "nothing" })).rejects.toMatchObject({ code: "template.not_found" });
  const eve = await house.user("eve");
  const data = { digest: table, filename: "t.csv" };
  await expect(start({ name: "half", data }, eve)).rejects.toMatchObject({ code: "blob.not_found" });
  await expect(start({})).rejects.toMatchObject({ code: "project.exists" });
  expect(await names()).not.toContain("half");
});

test("a run that cannot be started is said, and the project stays", async () => {
  const startRun = async () => Promise.reject(new PaveError("spec.invalid", "the spec is not valid"));
  expect(await start({ name: "stays" }, ada, { startRun })).toMatchObject({
    run: null,
    runProblem: "the spec is not valid",
  });
  expect(await start({ name: "quiet", run: false })).toMatchObject({ run: null, runProblem: null });
  expect(await names()).toEqual(expect.arrayContaining(["stays", "quiet"]));
});

test("a token that may only create projects neither pushes nor runs by this", async () => {
  const grant = {
    tokenId: "t",
    tokenKind: "api",
    platformAdmin: false,
    scopes: ["project.create"],
    projectId: null,
  } as const;
  const limited = { ...ada, actor: { ...ada.actor, grant } } as Ctx;
  await expect(start({ name: "more" }, limited)).rejects.toMatchObject({ code: "access.denied" });
  expect(await names()).not.toContain("more");
});
