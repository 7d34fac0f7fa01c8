import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createReleaseHouse, type ReleaseHouse, type TestProject } from "./testing/release-house.ts";

let house: ReleaseHouse;
let test: TestProject;
let other: string;
beforeAll(async () => {
  house = await createReleaseHouse();
  await house.environment("staging", "approvals: { quorum: 0 }\n");
});
afterAll(() => house.close());
/** `late` is served by the project's own model; a notebook has registered another one, whose name no address can have. */
beforeEach(async () => {
  test = await house.project();
  other = `Tumours @ ${test.project}`;
  await house.version(test, {}, { revisionId: await house.revision(test) });
  for (const _ of [1, 2]) await house.version({ ...test, project: other }, {});
});

const plan = (models: readonly string[], more: object = {}) => house.plan(test, "staging", { models, ...more });
const chosen = async (...args: Parameters<typeof plan>) => {
  const { actions, candidate } = await plan(...args);
  return [actions.map(({ id }) => id).filter((id) => id.startsWith("release.")), candidate?.model, candidate?.version];
};

describe("models:/… in a plan", () => {
  it("is released alone, under a name that an address can have or the one that is given", async () => {
    const name = `release.tumours-${test.project}`;
    expect(await chosen([`models:/${other}/latest`])).toEqual([[name], other, "2"]);
    expect(await chosen([`models:/${other}/1`])).toEqual([[name], other, "1"]);
    expect(await chosen([`models:/${other}@2`], { deployment: "clinic" })).toEqual([["release.clinic"], other, "2"]);
  });

  it("is what pave.yaml serves, where it serves that model", async () => {
    expect(await chosen([`models:/${test.project}/1`])).toEqual([["release.late"], test.project, "1"]);
  });

  it.each([
    ["a file of a run", "runs:/0123/model", /was logged and not registered/],
    ["a logged model", `models:/m-${"0".repeat(32)}`, /was logged and not registered/],
    ["a path", "models:/a/b/c", /expected <name>@<version or alias> or models:/],
    ["nothing", "models:/", /expected <name>@<version or alias> or models:/],
    ["a model that nobody registered", "models:/nobodys", /nobodys/],
  ])("that is %s is refused with what to write", async (_what, model, message) => {
    await expect(plan([model])).rejects.toMatchObject({ message: expect.stringMatching(message) });
  });

  it("gets no name that pave.yaml has given to another model, and no name of several", async () => {
    await expect(plan([`models:/${other}/latest`], { deployment: "late" })).rejects.toThrow(
      /`serve\.late` of pave\.yaml serves/,
    );
    const models = [`models:/${other}/latest`, `models:/${test.project}`];
    expect(await chosen(models, { deployment: "clinic" })).toMatchObject([
      ["release.late", "release.clinic"],
      test.project,
      "1",
    ]);
    await expect(plan([`models:/${test.project}`], { deployment: "clinic" })).rejects.toThrow(/expected one model/);
  });

  it("is the newest that is ready, and where none is the newest says why", async () => {
    const fresh = await house.project();
    await house.revision(fresh);
    await house.version(fresh, {}, { check: null });
    const models = [`models:/${fresh.project}`];
    await expect(house.plan(fresh, "staging", { models })).rejects.toMatchObject({
      code: expect.stringMatching(/^model\.not_checked$/),
      message: expect.stringContaining(`Model ${fresh.project} version 1`),
    });
    await house.version(fresh, {});
    expect((await house.plan(fresh, "staging", { models })).candidate).toMatchObject({ version: "2" });
  });

  it("names only what is known where it is written without models:/", async () => {
    await expect(plan([other.replace(" @ ", "@")])).rejects.toMatchObject({ code: "model.not_found" });
  });
});

describe("which version is meant when none is named", () => {
  const reason = async (revision: string) => {
    const { actions, candidate } = await house.plan(test, "staging", { dryRun: true, revision });
    return [candidate?.version, actions.find(({ id }) => id === "release.late")?.reason];
  };
  const newest = "It is the newest version that is ready; nothing runs there yet";

  it("is the one that the revision's newest run made or found again, before a newer one of another revision", async () => {
    const main = await house.revision(test);
    const version = await house.version(test, {}, { revisionId: await house.revision(test) });
    expect(await reason(main)).toEqual(["2", newest]);
    await house.registered(test, main, version);
    expect(await reason(main)).toEqual(["2", newest]);
    await house.version(test, {}, { revisionId: await house.revision(test) });
    expect(await reason(main)).toEqual([
      "2",
      "It is what the newest run of revision 2 made; version 3 comes from another; nothing runs there yet",
    ]);
    await house.version(test, {}, { revisionId: main });
    expect(await reason(main)).toEqual(["4", newest]);
  });

  it("is the newest where a client registered that", async () => {
    const main = await house.revision(test);
    await house.registered(test, main, 1);
    await house.version(test, {});
    expect(await reason(main)).toEqual(["2", newest]);
  });
});

describe("an environment that asks for a clean, pushed commit", () => {
  const commits = (revisionId: string, ...rows: { commit: string; branch: string; pushed: boolean }[]) =>
    house.ctx.db
      .insertInto("revision_commits")
      .values(rows.map((row) => ({ ...row, revision_id: revisionId, told_by: "system" })))
      .execute();
  const verdict = async (revision: string) =>
    (await house.plan(test, "guarded", { revision, dryRun: true })).verdicts.find(({ check }) =>
      check.startsWith("the release comes from"),
    );

  it("blocks what comes from elsewhere, with what to do, and lets the merged commit pass", async () => {
    await house.environment("guarded", "approvals: { quorum: 0 }\nsource: { commit: pushed, branches: [main] }\n");
    const revision = await house.revision(test);
    expect(await verdict(revision)).toMatchObject({
      verdict: "fail",
      mode: "prevent",
      origin: "environment guarded",
      check: "the release comes from a clean, pushed commit on main",
      detail: "revision 2 has changes that are in no commit: commit them, and deploy again",
    });
    await commits(revision, { commit: "a".repeat(40), branch: "try", pushed: true });
    expect(await verdict(revision)).toMatchObject({ verdict: "fail", detail: expect.stringContaining("merge it") });
    await commits(revision, { commit: "b".repeat(40), branch: "main", pushed: true });
    expect(await verdict(revision)).toMatchObject({
      verdict: "pass",
      detail: "revision 2 is commit bbbbbbbbbbbb on main",
    });
  });
});
