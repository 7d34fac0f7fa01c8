/**
 * What a step costs beside its own work, from the claim to the answer, under each isolation that this machine has, and
 * what its way to its tracking server carries:
 *
 *     node bench/step-start.ts [--runs 15] [--isolations auto,none]
 *
 * The step is one that does nothing. Processes are real, the API is the one of the runner's tests.
 */
import { loadavg } from "node:os";
import { parseArgs } from "node:util";
import { commandWork, pythonStep } from "../packages/server/src/runner/testing/command-work.ts";
import { startFakeApi } from "../packages/server/src/runner/testing/fake-api.ts";
import { newDataFolder, removeRunnerFolder, startRunner } from "../packages/server/src/runner/testing/test-runner.ts";

const { values } = parseArgs({
  options: { runs: { type: "string", default: "15" }, isolations: { type: "string", default: "auto,none" } },
});

type Wanted = NonNullable<NonNullable<Parameters<typeof startRunner>[2]>["isolation"]>;

for (const isolation of values.isolations.split(",") as Wanted[]) {
  const api = await startFakeApi();
  const runner = await startRunner(api, await newDataFolder(), { isolation, capacity: 1 });
  const step = async (): Promise<number> => {
    const workId = api.add(commandWork({ command: ["/bin/true"] }));
    const end = await api.finished(workId);
    if (end.outcome !== "succeeded") throw new Error(end.message ?? end.outcome);
    const { claimedAt, finishedAt } = api.row(workId);
    return finishedAt - claimedAt;
  };
  try {
    await step();
    const times: number[] = [];
    for (let run = 0; run < Number(values.runs); run += 1) times.push(await step());
    times.sort((a, b) => a - b);
    const at = (share: number) => `${(times[Math.floor(share * (times.length - 1))] ?? 0).toFixed(0)} ms`;
    const said = [...new Set(api.claims.map((claim) => claim.isolation))].join(", ");
    const load = (loadavg()[0] ?? 0).toFixed(1);
    console.log(`${isolation} (${said}): fastest ${at(0)}, median ${at(0.5)}, slowest ${at(1)}, load ${load}`);
  } finally {
    await runner.stop();
    await removeRunnerFolder(runner.dataFolder);
    await api.close();
  }
}

/** Bytes from a step to its tracking server and back: on the machine's network, and out of a closed one. */
const upload = `
import hashlib, http.client, json, os, time, urllib.parse
api = urllib.parse.urlsplit(os.environ["MLFLOW_TRACKING_URI"])
data = os.urandom(1 << 20) * 256
digest = "sha256:" + hashlib.sha256(data).hexdigest()
def call(method, body=None):
    connection = http.client.HTTPConnection(api.hostname, api.port)
    connection.request(method, f"/api/2.0/mlflow-artifacts/artifacts/blobs/{digest}?signature=x", body)
    return len(connection.getresponse().read())
times = []
for method, body in [("PUT", data), ("GET", None)]:
    began = time.monotonic(); call(method, body); times.append(256 / (time.monotonic() - began))
began = time.monotonic()
for _ in range(200): call("HEAD")
print(json.dumps([*times, (time.monotonic() - began) * 5]))
`;
const api = await startFakeApi();
const runner = await startRunner(api, await newDataFolder(), { capacity: 1 });
try {
  for (const network of ["egress", "none", "egress", "none"] as const) {
    const workId = api.add(pythonStep(api, upload, { network, limits: { cpu: null } }));
    const end = await api.finished(workId);
    if (end.outcome !== "succeeded") throw new Error(end.message ?? end.outcome);
    const [up = 0, down = 0, ms = 0] = JSON.parse(api.text(workId, "stdout")) as number[];
    console.log(
      `network ${network}: 256 MiB up ${up.toFixed(0)} MiB/s, down ${down.toFixed(0)} MiB/s, a small request ${ms.toFixed(1)} ms`,
    );
  }
} finally {
  await runner.stop();
  await removeRunnerFolder(runner.dataFolder);
  await api.close();
}
