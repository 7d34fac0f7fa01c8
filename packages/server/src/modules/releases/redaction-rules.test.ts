import { afterAll, beforeAll, expect, test } from "vitest";
import { createReleaseHouse, type ReleaseHouse } from "./testing/release-house.ts";

let house: ReleaseHouse;
beforeAll(async () => {
  house = await createReleaseHouse();
  await house.environment("staging", "approvals: { quorum: 0 }\nlog: { redact: [passenger] }\n");
});
afterAll(() => house.close());

const planOf = async (redact: readonly string[], signature?: null) => {
  const test = await house.project();
  const serve = { late: { model: test.project, log: { redact } } };
  const revisionId = await house.revision(test, { serve });
  await house.version(test, {}, { revisionId, ...(signature === undefined ? {} : { signature }) });
  return [test.project, await house.plan(test, "staging")] as const;
};

test("a name that hides no feature of the model blocks the release, with the one that was meant", async () => {
  const [model, { state, verdicts }] = await planOf(["distance", "distanse"]);
  expect([state, verdicts]).toMatchObject([
    "blocked",
    [
      {
        check: "serve.late.log.redact names features of the model",
        verdict: "fail",
        origin: "project",
        detail: `\`distanse\` hides nothing of ${model} version 1, which has distance; did you mean \`distance\`?`,
      },
    ],
  ]);
});

test("names that are all there, or a model that says nothing of its features, block nothing", async () => {
  for (const [redact, signature] of [[["distance"]], [[]], [["anything"], null]] as const)
    expect((await planOf(redact, signature))[1]).toMatchObject({ state: "applying", verdicts: [] });
});
