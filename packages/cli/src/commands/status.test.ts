import type { Client, Waiting } from "@pave/contract";
import { expect, test } from "vitest";
import type { CommandContext } from "../command.ts";
import { status } from "./status.ts";

const alert: Waiting = {
  kind: "alert",
  title: "production/late: DepTime differs from the reference",
  detail: "DepTime: PSI 0.41, of which chance explains 0.02",
  project: "flights",
  href: "/projects/flights/monitoring/alerts/3",
  command: "pave alerts show 3 --project flights",
  at: new Date().toISOString(),
};
const lines = [
  "Waits for you",
  "  production/late: DepTime differs from the reference  flights, 0 s ago",
  "      DepTime: PSI 0.41, of which chance explains 0.02",
  "      pave alerts show 3 --project flights",
];
const contextOf = (client: object): CommandContext =>
  ({ folder: "/", client: async () => client as Client }) as unknown as CommandContext;

test("outside of a project it says what waits, why, since when, and how to look at it", async () => {
  const home = async (waiting: Waiting[]) =>
    (await status.run(contextOf({ home: async () => ({ waiting, deployments: [] }) }), [], {})).text.split("\n");
  expect((await home([alert])).slice(0, 4)).toEqual(lines);
  expect(await home([])).toEqual(["Nothing waits for you.", "", "No deployments yet."]);
});

test("of a project it says the same of what waits there, before what is next", async () => {
  const project = {
    ...{ name: "flights", title: "flights", tier: "internal", owner: "ops", waiting: [alert] },
    road: [{ title: "Start", state: "done", summary: "from a template", at: alert.at }],
    next: { text: "Run the pipeline", command: "pave run", href: null },
  };
  const { text } = await status.run(contextOf({ getProject: async () => project }), [], { project: "flights" });
  expect(text.split("\n").slice(3)).toEqual([...lines, "Next  Run the pipeline", "      pave run"]);
});
