import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { RenderedProject } from "@pave/contract";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import type { Ctx } from "../../db/context.ts";
import { countQueries } from "../../db/count-queries.ts";
import { must } from "../../kernel/pave-error.ts";
import { addTeamMember, createPrincipal, rolesOn } from "../access/index.ts";
import { changeTier } from "./change-tier.ts";
import { commitsOf, findProjects, getRevision, projectsRoutes } from "./index.ts";
import { createProjectsHouse, type ProjectsHouse, repository } from "./testing/projects-house.ts";

let house: ProjectsHouse;
let ada: Ctx;
let answers: Record<string, unknown>;

beforeAll(async () => {
  house = await createProjectsHouse();
  ada = await house.user("ada", { platformAdmin: true });
  const example = join(repository, "examples/flight-delays");
  answers = {
    ...(parse(await readFile(join(example, "answers.yaml"), "utf8")) as Record<string, unknown>),
    sql: await readFile(join(example, "features.sql"), "utf8"),
  };
  await createPrincipal(house.ctx, { kind: "team", name: "team-ops" });
});
afterAll(() => house.close());

const render = (name: string, over: Record<string, unknown> = {}) =>
  house.projects.renderTemplate(ada, {
    name,
    template: "tabular-classification",
    answers: { ...answers, ...over, name },
  });
const contentsOf = (rendered: RenderedProject) =>
  Object.fromEntries(rendered.files.map((file) => [file.path, Buffer.from(file.contentBase64, "base64")]));
const push = async (project: { id: string; name: string }, contents: Record<string, string | Buffer>) =>
  must(
    (await house.projects.pushRevision(ada, { project, files: await house.files(contents), git: null, message: "" }))
      .revision,
    "the revision",
  );

test("a project born from the template is valid as it is, and its lock pins what it uses", async () => {
  const rendered = await render("flight-delays");
  expect(rendered.creates).toEqual([
    "project flight-delays, owned by team-ops, tier internal",
    `${rendered.files.length} files from template tabular-classification 1.2.0, among them pave.yaml, README.md, model-card.md`,
    "pipeline train: ingest → validate → split → train → evaluate",
    "test set: the latest rows by `date`",
    "model flight-delays, released only if `metrics.roc_auc >= 0.62`, `metrics.roc_auc >= champion.metrics.roc_auc - 0.005`",
    "endpoint late that serves flight-delays",
    "postgres features (small) in every environment",
  ]);
  const project = await house.projects.createProject(ada, {
    name: "flight-delays",
    template: { ...rendered.template, answers: rendered.answers },
  });
  expect(project).toMatchObject({
    owner: "team-ops",
    tier: "internal",
    title: "Flight delays",
    template: { rendering: rendered.rendering },
  });

  const revision = await push(project, { ...contentsOf(rendered), "data/flights.parquet": "rows" });
  expect((await house.projects.checkProject(ada, revision)).problems).toEqual([]);
  expect(await house.projects.lockRevision(ada, revision)).toMatchObject({ path: "pave.lock", changed: false });
});

test("the pristine rendering is kept by its digest and is rendered again byte for byte from the lock alone", async () => {
  const rendered = await render("again");
  await house.projects.createProject(ada, {
    name: "again",
    template: { ...rendered.template, answers: rendered.answers },
  });
  const lock = parse(contentsOf(rendered)["pave.lock"]?.toString() ?? "") as {
    template: { name: string; version: string; answers: Record<string, unknown>; rendering: string };
  };
  expect(lock.template.rendering).toBe(rendered.rendering);

  const [row] = await findProjects(ada, { name: "again" });
  expect(row?.template).toEqual(lock.template);
  const manifest = JSON.parse((await house.artifacts.readBlob(ada, rendered.rendering, 1e6)).toString()) as {
    path: string;
    digest: string;
  }[];
  const second = await house.projects.renderTemplate(ada, {
    name: "again",
    template: lock.template.name,
    answers: lock.template.answers,
  });
  expect(second).toEqual(rendered);
  for (const { path, digest } of manifest)
    expect(await house.artifacts.readBlob(ada, digest, 1e7)).toEqual(contentsOf(second)[path]);
  expect(manifest.map((file) => file.path)).toEqual(
    rendered.files
      .map((file) => file.path)
      .filter((path) => path !== "pave.lock")
      .sort(),
  );
});

test("wrong answers are told together, and nothing is created", async () => {
  await expect(render("bad", { tier: "gold", minimumAuc: "high", wat: 1 })).rejects.toMatchObject({
    code: "template.answers_invalid",
    problems: [
      { message: expect.stringContaining("answer wat") },
      { message: expect.stringContaining("answer tier: expected one of experimental, internal, critical") },
      { message: expect.stringContaining("answer minimumAuc") },
    ],
  });
  await expect(
    house.projects.createProject(ada, {
      name: "bad",
      template: { name: "tabular-clasification", version: "1.0.0", answers: {} },
    }),
  ).rejects.toMatchObject({
    code: "template.not_found",
    message: "There is no template tabular-clasification; did you mean `tabular-classification`?",
  });
});

test("the creator is the project's admin, the owning team its developers, and the ledger knows", async () => {
  const team = await createPrincipal(house.ctx, { kind: "team", name: "team-data" });
  const project = await house.projects.createProject(ada, { name: "roles", owner: "team-data" });
  expect(await rolesOn(house.ctx, ada.actor.principalId, project.id)).toContain("admin");
  expect(await rolesOn(house.ctx, team.id, project.id)).toEqual(["developer"]);
  const event = await house.ctx.db
    .selectFrom("ledger_events")
    .select(["principal_name", "team_id", "data"])
    .where("type", "=", "project.created")
    .where("subject_id", "=", project.id)
    .executeTakeFirstOrThrow();
  expect(event).toMatchObject({ principal_name: "ada", team_id: team.id, data: { name: "roles", owner: "team-data" } });
});

test("a name that is taken and a team that is not there are refused", async () => {
  await house.projects.createProject(ada, { name: "taken" });
  await expect(house.projects.createProject(ada, { name: "taken" })).rejects.toMatchObject({ code: "project.exists" });
  const bob = await house.user("bob");
  await expect(house.projects.createProject(bob, { name: "bobs", owner: "team-dta" })).rejects.toMatchObject({
    code: "access.not_found",
    message: "There is no team team-dta; did you mean `team-data`?",
  });
  // nor does an admin make a team by a typo
  await expect(house.projects.createProject(ada, { name: "adas", owner: "nobody" })).rejects.toMatchObject({
    message: "There is no team nobody",
    fix: "Name one of `pave teams list`; a platform admin makes a new one with `pave teams create NAME`.",
  });
  const rendered = house.projects.renderTemplate(ada, {
    name: "adas",
    template: "tabular-classification",
    answers: { owner: "team-dta" },
  });
  await expect(rendered).rejects.toMatchObject({ message: "There is no team team-dta; did you mean `team-data`?" });
  expect(await house.projects.createProject(bob, { name: "bobs" })).toMatchObject({ owner: "platform" });
  await addTeamMember(house.ctx, { team: "team-data", member: "bob" });
  expect(await house.projects.createProject(bob, { name: "bobs-next" })).toMatchObject({ owner: "team-data" });
});

test("who creates the first project of the platform's own team does not become its member", async () => {
  const fresh = await createProjectsHouse();
  const first = await fresh.user("first");
  expect(await fresh.projects.createProject(first, { name: "firsts" })).toMatchObject({ owner: "platform" });
  expect(await fresh.ctx.db.selectFrom("team_members").selectAll().execute()).toEqual([]);
  await fresh.close();
});

test("of two who create the first project at once each gets a project of the platform's own team", async () => {
  const fresh = await createProjectsHouse();
  const people = await Promise.all(["first", "second", "third"].map((name) => fresh.user(name)));
  const made = await Promise.all(people.map((one, index) => fresh.projects.createProject(one, { name: `p${index}` })));
  expect(made.map(({ owner }) => owner)).toEqual(["platform", "platform", "platform"]);
  await fresh.close();
});

test("two who create the same name at once: one gets it", async () => {
  const results = await Promise.allSettled([1, 2, 3].map(() => house.projects.createProject(ada, { name: "race" })));
  expect(results.map((result) => result.status).sort()).toEqual(["fulfilled", "rejected", "rejected"]);
  expect(results.flatMap((result) => (result.status === "rejected" ? [result.reason.code] : []))).toEqual([
    "project.exists",
    "project.exists",
  ]);
});

test("files are checked without a revision of them, and nothing of it is kept", async () => {
  const project = await house.projects.createProject(ada, { name: "validates" });
  const [file] = await house.files({ "pave.yaml": "apiVersion: pave/v1\nkind: project\nname: validates\nownr: x\n" });
  const absent = { path: "a.txt", digest: `sha256:${"0".repeat(64)}`, size: 1, executable: false };
  const files = [must(file, "file")];
  expect(await house.projects.validateFiles(ada, { project, files: [...files, absent] })).toEqual({
    missing: [absent.digest],
    validation: null,
  });
  const { validation } = await house.projects.validateFiles(ada, { project, files });
  expect(validation).toMatchObject({ ok: false, warnings: [] });
  expect(validation?.problems.map(({ message }) => message)).toContain("unknown key `ownr`; did you mean `owner`?");
  await expect(getRevision(house.ctx, project.id, "latest")).rejects.toMatchObject({ code: "revision.not_found" });
  const events = house.ctx.db.selectFrom("ledger_events").select("type").where("project_id", "=", project.id);
  expect((await events.execute()).map(({ type }) => type)).not.toContain("revision.pushed");
  await expect(house.projects.validateFiles(ada, { project, files: [] })).rejects.toMatchObject({
    code: "revision.path_invalid",
  });
});

test("a push raises the tier and never lowers it; the platform's admins do", async () => {
  const project = await house.projects.createProject(ada, { name: "tiers" });
  const pushed = async (tier: string, title = "a") => {
    const text = `apiVersion: pave/v1\nkind: project\nname: tiers\nowner: platform\ntitle: ${title}\ntier: ${tier}\n`;
    await house.projects.pushRevision(ada, {
      project,
      files: await house.files({ "pave.yaml": text }),
      git: null,
      message: tier,
    });
    const row = await house.ctx.db.selectFrom("projects").select("tier").where("id", "=", project.id).execute();
    return row[0]?.tier;
  };
  expect([await pushed("internal"), await pushed("critical"), await pushed("experimental")]).toEqual([
    "internal",
    "critical",
    "critical",
  ]);
  await changeTier(ada, project, "experimental");
  await changeTier(ada, project, "experimental");
  expect(await pushed("internal", "b")).toBe("internal");
  const events = await house.ctx.db
    .selectFrom("ledger_events")
    .select("data")
    .where("type", "=", "project.tier-changed")
    .execute();
  expect(events).toEqual([{ data: { before: "critical", tier: "experimental" } }]);
});

test("pushing names what is missing, keeps a revision once all is there, and gives the same one for the same files", async () => {
  const project = await house.projects.createProject(ada, { name: "pushes" });
  const spec = "apiVersion: pave/v1\nkind: project\nname: pushes\nowner: platform\ntitle: Pushed\ntier: critical\n";
  const [file] = await house.files({ "pave.yaml": spec });
  const absent = { path: "a.txt", digest: `sha256:${"0".repeat(64)}`, size: 1, executable: false };
  const first = {
    project,
    files: [must(file, "file")],
    git: { remote: null, commit: "abc", branch: "main", dirty: false },
    message: "one",
  };
  expect(await house.projects.pushRevision(ada, { ...first, files: [...first.files, absent] })).toEqual({
    revision: null,
    missing: [absent.digest],
    warnings: [],
  });

  const pushed = await Promise.all([1, 2, 3].map(() => house.projects.pushRevision(ada, first)));
  expect(new Set(pushed.map(({ revision }) => revision?.id)).size).toBe(1);
  expect(pushed[0]?.revision).toMatchObject({
    message: "one",
    git: { commit: "abc" },
    spec: { name: "pushes", tier: "critical" },
    fileCount: 1,
  });
  const again = { ...first, git: { ...first.git, commit: "def", branch: "try", pushed: true } };
  await house.projects.pushRevision(ada, again);
  await house.projects.pushRevision(ada, { ...first, git: { ...first.git, pushed: true } });
  await house.projects.pushRevision(ada, { ...first, git: { ...first.git, commit: "fed", dirty: true } });
  expect(await commitsOf(house.ctx, must(pushed[0]?.revision, "revision").id)).toEqual([
    { commit: "abc", branch: "main", pushed: true },
    { commit: "def", branch: "try", pushed: true },
  ]);
  const events = await house.ctx.db
    .selectFrom("ledger_events")
    .select("id")
    .where("type", "=", "revision.pushed")
    .where("project_id", "=", project.id)
    .execute();
  expect(events).toHaveLength(1);
  const [row] = await house.ctx.db
    .selectFrom("projects")
    .select(["title", "tier"])
    .where("id", "=", project.id)
    .execute();
  expect(row).toEqual({ title: "Pushed", tier: "critical" });
});

test("who knows only the digest of another project's file gets neither the file nor a word about it", async () => {
  const project = await house.projects.createProject(ada, { name: "closed" });
  const [file] = await house.files({ "salaries.csv": "name,salary\nAda,1\n" });
  const entry = must(file, "file");
  await house.projects.pushRevision(ada, { project, files: [entry], git: null, message: "" });
  const mallory = await house.user("mallory");
  const own = await house.projects.createProject(mallory, { name: "curious" });
  const push = () => house.projects.pushRevision(mallory, { project: own, files: [entry], git: null, message: "" });
  expect(await push()).toEqual({ revision: null, missing: [entry.digest], warnings: [] });
  await expect(
    house.projects.profileData(mallory, { digest: entry.digest, filename: "salaries.csv" }),
  ).rejects.toMatchObject({ code: "blob.not_found" });
  await house.files({ "the same bytes": "name,salary\nAda,1\n" });
  expect((await push()).revision).toMatchObject({ fileCount: 1 });
});

test("the latest revision is the folder as it is now, also after going back", async () => {
  const project = await house.projects.createProject(ada, { name: "back" });
  const one = await push(project, { a: "1" });
  await push(project, { a: "2" });
  await push(project, { a: "1" });
  expect((await getRevision(ada, project.id, "latest")).id).toBe(one.id);
  await expect(getRevision(ada, project.id, 99)).rejects.toMatchObject({ code: "revision.not_found" });
  const other = await house.projects.createProject(ada, { name: "elsewhere" });
  await expect(getRevision(ada, other.id, one.id)).rejects.toMatchObject({ code: "revision.not_found" });
});

test.each([
  ["a path that leaves the folder", { "../../etc/cron.d/x": "" }, "revision.path_invalid"],
  ["an absolute path", { "/etc/passwd": "" }, "revision.path_invalid"],
  ["a backslash", { "a\\b": "" }, "revision.path_invalid"],
  ["a NUL", { "a\0b": "" }, "revision.path_invalid"],
  ["a file that is a folder too", { a: "", "a/b": "" }, "revision.path_invalid"],
  ["no files", {}, "revision.path_invalid"],
])("%s is refused", async (_, contents, code) => {
  const project = { id: "none", name: "none" };
  await expect(
    house.projects.pushRevision(ada, { project, files: await house.files(contents), git: null, message: "" }),
  ).rejects.toMatchObject({ code });
});

test("a file given twice, too many files, too many bytes and a wrong size are refused; names that differ in case are warned of", async () => {
  const project = await house.projects.createProject(ada, { name: "limits" });
  const [file] = await house.files({ "a.txt": "abc" });
  const a = must(file, "file");
  const pushFiles = (files: (typeof a)[]) =>
    house.projects.pushRevision(ada, { project, files, git: null, message: "" });
  await expect(pushFiles([a, a])).rejects.toMatchObject({
    code: "revision.path_invalid",
    message: expect.stringContaining('"a.txt" is there twice'),
  });
  await expect(
    pushFiles(Array.from({ length: 20_001 }, (_, index) => ({ ...a, path: `f${index}` }))),
  ).rejects.toMatchObject({ code: "revision.too_large" });
  await expect(pushFiles([{ ...a, size: 5 * 2 ** 30 }])).rejects.toMatchObject({
    code: "revision.too_large",
    fix: expect.stringContaining("a.txt"),
  });
  await expect(pushFiles([{ ...a, size: 4 }])).rejects.toMatchObject({ code: "blob.digest_mismatch" });
  expect((await pushFiles([a, { ...a, path: "A.txt" }])).warnings).toEqual([
    "A.txt and a.txt are one file on macOS and Windows; rename one of them",
  ]);
});

test("a list of projects takes two queries however many there are, and holds only what its reader may see", async () => {
  const routes = projectsRoutes(house.projects);
  const list = async (ctx: Ctx) =>
    (await must(routes.listProjects, "route")(ctx, {} as never, {} as never))?.items.map((project) => project.name) ??
    [];
  expect(await list(ada)).toContain("flight-delays");
  const eve = await house.user("eve");
  expect(await list(eve)).toEqual([]);
  for (const name of ["eve-one", "eve-two", "eve-three"]) await house.projects.createProject(eve, { name });

  let names: string[] = [];
  const queries = await countQueries(eve, async (ctx) => {
    names = await list(ctx);
  });
  expect(names.sort()).toEqual(["eve-one", "eve-three", "eve-two"]);
  expect(queries).toBe(2);
});

test("a new project's road begins with pushing, then running", async () => {
  const routes = projectsRoutes(house.projects);
  const show = async (name: string) =>
    must(await must(routes.getProject, "route")(ada, { params: { project: name } } as never, {} as never), "answer");
  await house.projects.createProject(ada, { name: "road" });
  expect(await show("road")).toMatchObject({
    health: "new",
    next: { command: "pave push" },
    road: [{ stage: "start", state: "current" }, ...Array.from({ length: 6 }, () => ({ state: "todo" }))],
  });
  expect(await show("flight-delays")).toMatchObject({
    pipelines: ["train"],
    next: { command: "pave run" },
    road: [{ state: "done" }, { stage: "environment", state: "current" }, {}, {}, {}, {}, {}],
  });
});
