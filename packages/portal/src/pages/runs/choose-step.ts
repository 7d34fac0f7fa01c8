import type { RunStep } from "@pave/contract";

/** The step whose panel is open: the one asked for, else what needs a look first: failed, then running, then last ended. */
export function chooseStep(graph: readonly RunStep[], asked: string | undefined): RunStep | undefined {
  return (
    graph.find(({ name }) => name === asked) ??
    graph.find(({ state }) => state === "failed") ??
    graph.find(({ state }) => state === "running") ??
    graph.findLast(({ finishedAt, kind }) => finishedAt !== null && kind === "command") ??
    graph[0]
  );
}
