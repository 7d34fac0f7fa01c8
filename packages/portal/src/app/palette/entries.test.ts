import type { Jump } from "@pave/contract";
import { expect, test } from "vitest";
import { allEntries, findEntries } from "./entries.ts";

const jumps: Jump[] = [
  { kind: "project", title: "flight-delays", detail: "owned by team-ops", href: "/projects/flight-delays" },
  {
    kind: "deployment",
    title: "late in production",
    detail: "flight-delays, version 2 live",
    href: "/projects/flight-delays/deployments/production/late",
  },
];
const titles = (typed: string, project?: string) =>
  findEntries(allEntries(jumps, project), typed, project).map(({ title }) => title);

test("what is typed finds actions, pages and things by name", () => {
  expect(titles("new pro")[0]).toBe("New project");
  expect(titles("late prod")[0]).toBe("late in production");
  expect(titles("activ")).toContain("Activity");
  expect(titles("qqq")).toEqual([]);
});

test("nothing typed shows what to do first", () => {
  expect(titles("")[0]).toBe("New project");
  expect(titles("", "flight-delays").slice(0, 2)).toEqual(["New project", "Run a pipeline of flight-delays"]);
});

test("a number is a run of the project one is in", () => {
  expect(titles("12", "flight-delays")[0]).toBe("Run 12 of flight-delays");
  expect(titles("run 12", "flight-delays")[0]).toBe("Run 12 of flight-delays");
});
