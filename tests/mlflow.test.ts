import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Run } from "@pave/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createFlights } from "./support/flights.ts";
import { startPlatform, type TestPlatform } from "./support/platform.ts";
import { pythonClient } from "./support/python-client.ts";
import { type TinyProject, tinyProject } from "./support/tiny-project.ts";

const execute = promisify(execFile);
const scripts = join(import.meta.dirname, "clients", "mlflow");

/** The stock client of MLflow beside pipelines; what it does by itself is in mlflow-clients.test.ts. */
describe("the stock client of MLflow", { timeout: 300_000 }, () => {
  let platform: TestPlatform;
  let python: string;
  let folder: string;

  beforeAll(async () => {
    [python, platform] = await Promise.all([pythonClient("mlflow"), startPlatform()]);
    folder = await mkdtemp(join(tmpdir(), "pave-mlflow-"));
  }, 900_000);
  afterAll(async () => {
    await platform?.remove();
    await rm(folder, { recursive: true, force: true });
  });

  const tokenOf = async (project: string): Promise<string> =>
    (await platform.client.createToken({ body: { name: `of ${project}`, project, expiresInDays: 1 } })).token;

  const play = async (script: string, token: string): Promise<string> => {
    const { stdout } = await execute(python, [script], {
      cwd: folder,
      env: {
        PATH: process.env.PATH ?? "",
        HOME: folder,
        MLFLOW_TRACKING_URI: platform.url,
        MLFLOW_TRACKING_TOKEN: token,
        MLFLOW_DISABLE_TELEMETRY: "true",
      },
      maxBuffer: 2 ** 26,
    });
    return stdout.trim().split("\n").at(-1) ?? "";
  };

  describe("and a pipeline", () => {
    let project: TinyProject;
    beforeAll(async () => {
      project = await tinyProject(platform, "tiny");
      await project.put("steps/train/step.sh", 'set -e; node step.mjs; cp -r model "$PAVE_OUTPUT/model"\n');
      await project.put("steps/train/step.mjs", await readFile(join(scripts, "step.mjs"), "utf8"));
    });

    it("track the attempt: its first run is the attempt's own, later ones are children", async () => {
      const run = await project.json<Run>(["run"]);
      expect(run.state).toBe("succeeded");
      const result = JSON.parse(await play(join(scripts, "look-at-attempt.py"), await tokenOf("tiny")));
      expect(result).toEqual({
        pipeline: { name: `train #${run.number}`, status: "FINISHED", metrics: { loss: 0.25, roc_auc: 0.7 } },
        attempt: {
          name: "fitting",
          status: "FINISHED",
          params: { depth: "6", rate: "0.5" },
          metrics: { loss: 0.25 },
          files: ["notes.txt"],
          experiment: "tiny",
        },
        children: [{ name: "second", status: "FINISHED", metrics: { loss: 0.5 } }],
        left: [{ name: "left open", status: "FINISHED" }],
        refused: Array(4).fill("PERMISSION_DENIED"),
      });
    });

    it("give a model that the client loads by the alias of an environment", async () => {
      const flights = await createFlights(platform);
      const run = await platform.json<Run>(["run"], { folder: flights });
      const params = { project: "flight-delays", model: "flight-delays", alias: "production" };
      await platform.client.setAlias({ params, body: { version: "1" } });
      const answer = JSON.parse(await play(join(scripts, "load-by-alias.py"), await tokenOf("flight-delays")));
      expect(answer).toMatchObject({
        rows: 50,
        difference: true,
        example: 5,
        version: "1",
        run: String(run.number),
        onnx: 2,
      });
    });
  });
});
