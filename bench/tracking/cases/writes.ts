import { drive } from "../../harness/drive.ts";
import { openApi, post } from "../api.ts";
import { keyBatch, pointBatch, type RunData, startTime } from "../data.ts";
import { createRun } from "../seed.ts";
import { answerTimes, type Case, type CaseInput, throughput } from "./case.ts";

const many = 16;

/** Runs that nothing was logged to, one for each of the callers. */
async function newRuns({ server, seeded }: CaseInput, count: number): Promise<string[]> {
  const api = openApi(server);
  try {
    const made: string[] = [];
    for (let number = 0; number < count; number += 1)
      made.push(await createRun(api, seeded.scratchId, { name: `target-${number}`, startTime, tags: [] }));
    return made;
  } finally {
    api.close();
  }
}

export const createRuns: Case = {
  name: "create run",
  async run({ server, seeded, sizes }) {
    const request = (number: number) =>
      post("/runs/create", {
        experiment_id: seeded.scratchId,
        run_name: `made-${number}`,
        start_time: startTime + number,
        tags: [
          { key: "mlflow.user", value: "ada" },
          { key: "mlflow.source.name", value: "train.py" },
          { key: "mlflow.source.type", value: "LOCAL" },
        ],
      });
    const options = { seconds: sizes.secondsPerCase, request };
    return [
      ...answerTimes("create run", await drive(server, { ...options, connections: 1 })),
      throughput("create run", many, await drive(server, { ...options, connections: many })),
    ];
  },
};

export const logMetric: Case = {
  name: "log-metric",
  async run(input) {
    const runs = await newRuns(input, many + 1);
    const point = (run_id: string | undefined, number: number) =>
      post("/runs/log-metric", {
        run_id,
        key: "loss",
        value: 1 / (number + 1),
        timestamp: startTime + number,
        step: number,
      });
    const seconds = input.sizes.secondsPerCase;
    const alone = await drive(input.server, {
      connections: 1,
      seconds,
      request: (number) => point(runs[many], number),
    });
    const together = await drive(input.server, {
      connections: many,
      seconds,
      request: (number, connection) => point(runs[connection], number),
    });
    return [...answerTimes("log-metric", alone, 2), throughput("log-metric", many, together, 1500)];
  },
};

/** How a training that logs by the step sends its curves. */
export const logBatch = batches("log-batch, 1,000 points of 10 keys", pointBatch);
/** A model with many layers. Each key's latest value moves with each batch. */
export const logKeys = batches("log-batch, 1,000 keys", keyBatch);

function batches(name: string, make: (number: number, size: number) => RunData["metrics"]): Case {
  return {
    name,
    async run(input) {
      const runs = await newRuns(input, 5);
      const batch = (run_id: string | undefined, number: number) =>
        post("/runs/log-batch", { run_id, metrics: make(number, 1000) });
      const options = { seconds: input.sizes.secondsPerCase, atLeast: 8 };
      const alone = await drive(input.server, {
        ...options,
        connections: 1,
        request: (number) => batch(runs[4], number),
      });
      const together = await drive(input.server, {
        ...options,
        connections: 4,
        request: (number, connection) => batch(runs[connection], number),
      });
      return [...answerTimes(name, alone), throughput(name, 4, together, 50)];
    },
  };
}
