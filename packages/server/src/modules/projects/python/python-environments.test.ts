import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { must } from "../../../kernel/pave-error.ts";
import { getPythonEnvironment, getRevision, projectsRoutes, type RevisionRow } from "../index.ts";
import { createProjectsHouse, type ProjectsHouse } from "../testing/projects-house.ts";
import { pythonWorkOwner } from "./ensure-python-environment.ts";
import { pythonEnvironmentWork } from "./python-environment-work.ts";

const hash = `--hash=sha256:${"a".repeat(64)}`;
const finishedFor: string[] = [];
let house: ProjectsHouse;
let project: { id: string; name: string };

beforeAll(async () => {
  house = await createProjectsHouse();
  project = await house.projects.createProject(house.ctx, { name: "snakes" });
});
afterAll(() => house.close());

async function push(lock: string | null, requires = ">=3.11"): Promise<RevisionRow> {
  const python = lock === null ? "" : `python: { requires: "${requires}", lock: requirements.lock }\n`;
  const files = await house.files({
    "pave.yaml": `apiVersion: pave/v1\nkind: project\nname: snakes\nowner: platform\n${python}`,
    ...(lock === null
      ? {}
      : { "requirements.lock": lock, "pyproject.toml": '[project]\ndependencies = ["pandas>=2"]\n' }),
  });
  return must(
    (await house.projects.pushRevision(house.ctx, { project, files, git: null, message: "" })).revision,
    "revision",
  );
}

const handler = pythonEnvironmentWork(async (_, id) => void finishedFor.push(id));
const workOf = async (ownerId: string) =>
  must(
    (
      await house.ctx.db
        .selectFrom("work")
        .selectAll()
        .where("owner_kind", "=", pythonWorkOwner)
        .where("owner_id", "=", ownerId)
        .execute()
    ).at(-1),
    "work",
  );
const asWork = (row: { id: string; owner_id: string; project_id: string | null }) =>
  ({ id: row.id, ownerId: row.owner_id, projectId: row.project_id }) as never;
const built = {
  digest: `sha256:${"b".repeat(64)}`,
  interpreter: "CPython 3.11.4",
  platform: "linux-x86_64",
  tool: "uv",
  path: "/envs/b",
  packages: [{ name: "pandas", version: "2.2.3" }],
  seconds: 3.2,
};

test("the same lock is built once, also when many ask at once; the work says what to install", async () => {
  const revision = await push(`pandas==2.2.3 ${hash}\n`);
  const asked = await Promise.all([1, 2, 3].map(() => house.projects.ensurePythonEnvironment(house.ctx, revision)));
  expect(new Set(asked.map((environment) => environment?.id)).size).toBe(1);
  const id = must(asked[0], "environment").id;
  expect(await workOf(id)).toMatchObject({
    kind: "python-environment",
    project_id: project.id,
    payload: {
      environmentId: id,
      python: {
        requires: ">=3.11",
        lockPath: "requirements.lock",
        lock: `pandas==2.2.3 ${hash}\n`,
        declared: ["pandas>=2"],
      },
    },
  });

  await handler.finished(house.ctx, asWork(await workOf(id)), {
    outcome: "succeeded",
    pythonEnvironment: built,
  } as never);
  expect(await getPythonEnvironment(house.ctx, id)).toMatchObject({ state: "ready", ...built });
  expect(finishedFor).toEqual([id]);
  expect((await house.projects.ensurePythonEnvironment(house.ctx, revision))?.id).toBe(id);
  expect(
    (await house.projects.ensurePythonEnvironment(house.ctx, await push(`pandas==2.2.3 ${hash}\n`, ">=3.12")))?.id,
  ).not.toBe(id);
});

test("one that failed keeps its error and log, and is built anew when asked again", async () => {
  const revision = await push(`numpy==9.9.9 ${hash}\npandas==2.2.3 ${hash}\n`);
  const first = must(await house.projects.ensurePythonEnvironment(house.ctx, revision), "environment");
  const work = asWork(await workOf(first.id));
  await handler.progressed?.(house.ctx, work, { state: "preparing", startedAt: null, note: null });
  expect((await getPythonEnvironment(house.ctx, first.id)).state).toBe("building");
  const chunk = (offset: number, text: string) => ({
    offset,
    text,
    time: new Date().toISOString(),
    stream: "stdout" as const,
  });
  expect(await handler.logged?.(house.ctx, work, [chunk(0, "größe\n")])).toBe(8);
  expect(await handler.logged?.(house.ctx, work, [chunk(0, "größe\n"), chunk(8, "no numpy\n")])).toBe(17);
  expect(await handler.logged?.(house.ctx, work, [chunk(99, "a gap\n")])).toBe(17);
  await handler.finished(house.ctx, work, {
    outcome: "failed",
    message: "numpy==9.9.9 cannot be had",
    pythonEnvironment: null,
  } as never);
  expect(await getPythonEnvironment(house.ctx, first.id)).toMatchObject({
    state: "failed",
    error: "numpy==9.9.9 cannot be had",
    log: "größe\nno numpy\n",
  });
  const second = must(await house.projects.ensurePythonEnvironment(house.ctx, revision), "environment");
  expect(second).toMatchObject({ state: "queued" });
  expect(second.id).not.toBe(first.id);
});

test("without a declared lock there is nothing to build; a lock that pins nothing is refused with its line", async () => {
  expect(await house.projects.ensurePythonEnvironment(house.ctx, await push(null))).toBeNull();
  await expect(house.projects.ensurePythonEnvironment(house.ctx, await push("pandas>=2\n"))).rejects.toMatchObject({
    code: "lock.mismatch",
    message: "requirements.lock:1: expected `name==version`, found `pandas>=2`",
  });
});

test("a project sees the environments of its own locks only", async () => {
  const routes = projectsRoutes(house.projects);
  const environment = must(
    await house.projects.ensurePythonEnvironment(house.ctx, await getRevision(house.ctx, project.id, 1)),
    "environment",
  );
  const get = (name: string) =>
    must(routes.getPython, "route")(
      house.ctx,
      { params: { project: name, environment: environment.id } } as never,
      {} as never,
    );
  expect(await get("snakes")).toMatchObject({ id: environment.id, state: "ready" });
  await house.projects.createProject(house.ctx, { name: "birds" });
  await expect(get("birds")).rejects.toMatchObject({ code: "python.not_found" });
});

test("the template's lock can be asked for as it is", async () => {
  const lock = await readFile(
    join(import.meta.dirname, "../../../../../../templates/tabular-classification/files/requirements.lock"),
    "utf8",
  );
  expect(await house.projects.ensurePythonEnvironment(house.ctx, await push(lock))).toMatchObject({ state: "queued" });
});
