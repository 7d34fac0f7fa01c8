import { topics } from "@pave/contract";
import { expect, it } from "vitest";
import { concerns } from "./live.ts";

const run = topics.run("flights", 3);

it.each<[string, unknown, boolean]>([
  [run, run, true],
  [run, topics.project("flights"), true],
  [run, "project", true],
  [run, topics.run("flights", 30), false],
  [run, topics.project("flight"), false],
  [run, topics.home, false],
  [topics.logs("flights", 3, "train"), topics.logs("flights", 3, "train"), true],
  [topics.logs("flights", 3, "train"), run, false],
  [topics.traffic("flights", "staging", "late"), topics.project("flights"), false],
  [run, undefined, false],
])("a hint about %s concerns %s: %s", (topic, key, expected) => {
  expect(concerns(topic, key)).toBe(expected);
});
