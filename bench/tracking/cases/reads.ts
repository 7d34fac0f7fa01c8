import { drive } from "../../harness/drive.ts";
import { get, post } from "../api.ts";
import { type BenchSearch, bodyOf, standardSearches } from "../searches.ts";
import { answerTimes, type Case, throughput } from "./case.ts";

const many = 16;

export const getRun: Case = {
  name: "get run",
  async run({ server, seeded, sizes }) {
    const request = (number: number) =>
      get("/runs/get", { run_id: seeded.runIds[(number * 7) % seeded.runIds.length] ?? "" });
    const options = { seconds: sizes.secondsPerCase, request };
    return [
      ...answerTimes("get run", await drive(server, { ...options, connections: 1 })),
      throughput("get run", many, await drive(server, { ...options, connections: many })),
    ];
  },
};

export const searchRuns: Case = {
  name: "search",
  async run({ server, seeded, sizes }) {
    const body = { experiment_ids: seeded.experimentIds.slice(0, 1), max_results: sizes.runs };
    const request = () => post("/runs/search", body);
    const driven = await drive(server, { connections: 1, seconds: sizes.secondsPerCase, atLeast: 3, request });
    return answerTimes(
      `search, ${sizes.runs.toLocaleString("en")} runs at once`,
      driven,
      Math.max(2, (80 * sizes.runs) / 1000),
    );
  },
};

export const filteredSearch: Case = {
  name: "filtered search",
  async run({ server, seeded, sizes }) {
    const request = (number: number) =>
      post(
        "/runs/search",
        bodyOf(standardSearches[number % standardSearches.length] as BenchSearch, seeded.experimentIds),
      );
    const atLeast = standardSearches.length;
    const driven = await drive(server, { connections: 1, seconds: sizes.secondsPerCase, atLeast, request });
    return answerTimes(`filtered searches over ${sizes.runs.toLocaleString("en")} runs`, driven);
  },
};

export const history: Case = {
  name: "history",
  async run({ server, seeded, sizes }) {
    const request = () =>
      get("/metrics/get-history", { run_id: seeded.curveRun, metric_key: "loss", max_results: sizes.points });
    const driven = await drive(server, { connections: 1, seconds: sizes.secondsPerCase, atLeast: 3, request });
    return answerTimes(
      `history, ${sizes.points.toLocaleString("en")} points`,
      driven,
      Math.max(2, (60 * sizes.points) / 25_000),
    );
  },
};
