import { projectSpecSchema } from "@pave/contract";
import { expect, test } from "vitest";
import { checkIgnored } from "./check-ignored.ts";
import type { Target } from "./release-targets.ts";

const spec = (ignore: string[], served = ["late"]) =>
  projectSpecSchema.parse({
    ...{ apiVersion: "pave/v1", kind: "project", name: "flights", owner: "team" },
    serve: Object.fromEntries(served.map((name) => [name, { model: name }])),
    monitor: { drift: { reference: "train.split.train", ignore } },
  });
const target = (name: string, ...columns: string[]) => {
  const signature = {
    inputs: columns.map((column) => ({ name: column, type: "double", required: true })),
    outputs: [],
  };
  return { name, version: { signature } as unknown as Target["version"] };
};
const said = (...given: Parameters<typeof checkIgnored>) => checkIgnored(...given).map(({ detail }) => detail);

test("a name that is no column is said, with the one that is near", () => {
  expect(checkIgnored(spec(["booked_at", "distnace"]), [target("late", "booked_at", "distance")])).toEqual([
    {
      ...{ check: "monitor.drift.ignore names columns of the model", when: null, message: null },
      ...{ mode: "warn", origin: "project", verdict: "fail" },
      detail: "no model of this release has an input `distnace`, so it does nothing; did you mean `distance`?",
    },
  ]);
  expect(said(spec(["weather"]), [target("late", "distance")])).toEqual([
    "no model of this release has an input `weather`, so it does nothing",
  ]);
});

test("nothing is said where all names are columns, of whichever model, or may be", () => {
  const both = [target("late", "distance"), target("price", "airline")];
  expect(said(spec([]), both)).toEqual([]);
  expect(said(spec(["distance", "airline"], ["late", "price"]), both)).toEqual([]);
  expect(said(spec(["airline"], ["late", "price"]), [target("late", "distance")])).toEqual([]);
  const unknown = { name: "late", version: { signature: null } as Target["version"] };
  expect(said(spec(["airline"]), [unknown])).toEqual([]);
});
