/**
 * Pave's tracking server against stock MLflow, on SQLite and on PostgreSQL, each in turn with the same load and the same
 * client, and whether they answer the same:
 *
 *     npm run bench -- tracking [--quick] [--json] [--write] [--only search,history] [--servers pave,sqlite,postgres]
 *
 * `--write` puts the table into docs/benchmarks.md. Ends with 1 where answers differ or something failed; an aim that is missed is only told.
 */
import { parseArgs } from "node:util";
import { pythonClient } from "../../tests/support/python-client.ts";
import { describeMachine } from "../harness/machine.ts";
import { jsonLines, tableOf } from "../harness/print-results.ts";
import { compare } from "../harness/result.ts";
import { writeDocs } from "../harness/write-docs.ts";
import { cases } from "./cases/index.ts";
import { differences } from "./check-answers.ts";
import { measureServer, type Outcome } from "./measure.ts";
import { startMlflow } from "./servers/mlflow.ts";
import { startPave } from "./servers/pave.ts";
import type { TrackingServer } from "./servers/server.ts";
import { sizes as allSizes } from "./sizes.ts";

const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    smoke: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
    only: { type: "string", default: "" },
    servers: { type: "string", default: "pave,sqlite,postgres" },
  },
});
const sizes = allSizes[values.smoke ? "smoke" : values.quick ? "quick" : "full"];
const wanted = values.only.split(",").filter((name) => name !== "");
const unknown = wanted.filter((name) => !cases.some((one) => one.name.includes(name)));
if (unknown.length > 0)
  throw new Error(`no case is called ${unknown.join(", ")}; there are ${cases.map(({ name }) => name).join(", ")}`);
const chosen = cases.filter(({ name }) => wanted.length === 0 || wanted.some((part) => name.includes(part)));

const machine = describeMachine();
const began = performance.now();
const elapsed = () => `${((performance.now() - began) / 1000).toFixed(0).padStart(4)} s`;
const say = (text: string) => void process.stderr.write(`${elapsed()}  ${text}\n`);
const python = await pythonClient("mlflow");

const starts: Readonly<Record<string, () => Promise<TrackingServer>>> = {
  pave: startPave,
  sqlite: () => startMlflow(python, "sqlite"),
  postgres: () => startMlflow(python, "postgres"),
};
const outcomes: Record<string, Outcome> = {};
const abouts: string[] = [];
const failures: string[] = [];
for (const name of values.servers.split(",")) {
  const start = starts[name];
  if (!start) throw new Error(`no server is called ${name}; there are ${Object.keys(starts).join(", ")}`);
  say(`starting ${name}`);
  let server: TrackingServer | undefined;
  try {
    server = await start();
    say(`${server.name}: ${server.about}`);
    abouts.push(server.about);
    const outcome = await measureServer(server, chosen, { sizes, python, say: (text) => say(`  ${text}`) });
    outcomes[server.name] = outcome;
    failures.push(...outcome.failures.map((why) => `${name}: ${why}`));
  } catch (error) {
    // a peer that cannot be loaded leaves its column empty, and the others are measured
    failures.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    say(`FAILED ${failures.at(-1)}`);
  } finally {
    await server?.stop();
  }
}

const { pave, ...peers } = outcomes;
const wrong = Object.entries(peers).flatMap(([name, { answers }]) =>
  pave && Object.keys(answers).length > 0
    ? differences(pave.answers, answers).map((asked) => ({
        name,
        asked,
        pave: pave.answers[asked],
        peer: answers[asked],
      }))
    : [],
);
for (const { name, asked, pave, peer } of wrong)
  process.stderr.write(`DIFFERENT from ${name}: ${asked}\n  pave ${pave}\n  peer ${peer}\n`);

const measured = Object.fromEntries(Object.entries(outcomes).map(([name, outcome]) => [name, outcome.measured]));
const results = compare("tracking", measured);
if (values.json) process.stdout.write(jsonLines(results));
else
  process.stdout.write(
    `\n${tableOf(results)}\n${machine}\n${abouts.join("\n")}\n${Object.keys(pave?.answers ?? {}).length} answers compared, ${wrong.length} different; ${elapsed().trim()}\n`,
  );
if (values.write) await writeDocs("tracking", { results, machine, abouts });
for (const why of failures) process.stderr.write(`FAILED ${why}\n`);
if (wrong.length > 0 || failures.length > 0) process.exitCode = 1;
