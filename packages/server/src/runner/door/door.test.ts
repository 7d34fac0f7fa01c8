import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { sleep } from "../../kernel/time.ts";
import { findBubblewrap } from "../isolation/bubblewrap.ts";
import { pythonStep } from "../testing/command-work.ts";
import { type FakeApi, startFakeApi } from "../testing/fake-api.ts";
import { newDataFolder, removeRunnerFolder, startRunner, type TestRunner } from "../testing/test-runner.ts";

vi.setConfig({ testTimeout: 120_000 });

const hasBubblewrap = "found" in (await findBubblewrap(process.env.PATH ?? "", null));
if (!hasBubblewrap) console.log("the way out of a closed network: skipped, as there is no bubblewrap here that works");

/** As root the first is users and bubblewrap; the second is what a laptop has. */
const kinds = process.getuid?.() === 0 ? (["auto", "uid", "bwrap"] as const) : (["bwrap"] as const);

const calls = `
import hashlib, http.client, os, sys, time, urllib.parse
api = urllib.parse.urlsplit(os.environ["MLFLOW_TRACKING_URI"])
def call(method, digest, body=None, place="/api/2.0/mlflow-artifacts/artifacts"):
    connection = http.client.HTTPConnection(api.hostname, api.port, timeout=60)
    connection.request(method, f"{place}/blobs/{digest}?signature=x", body)
    answer = connection.getresponse()
    return answer.status, answer.read()
`;
const small = `sha256:${createHash("sha256").update("small").digest("hex")}`;

describe.skipIf(!hasBubblewrap).each(kinds)("a step without a network, isolated by %s", (isolation) => {
  let api: FakeApi;
  let runner: TestRunner;
  beforeAll(async () => {
    api = await startFakeApi();
    api.blobs.set(small, Buffer.from("small"));
    runner = await startRunner(api, await newDataFolder(), { isolation, capacity: 3 });
  });
  afterAll(async () => {
    await runner.stop();
    await removeRunnerFolder(runner.dataFolder);
    await api.close();
  });
  const start = (script: string): string => api.add(pythonStep(api, `${calls}${script}`, { network: "none" }));

  it("reaches its tracking server where it would on the machine, with small and large bodies both ways", async () => {
    const workId = start(`
assert os.environ["MLFLOW_TRACKING_URI"] == "${api.url}", os.environ["MLFLOW_TRACKING_URI"]
large = os.urandom(32 << 20)
digest = "sha256:" + hashlib.sha256(large).hexdigest()
assert call("PUT", digest, large)[0] == 200
assert call("GET", digest) == (200, large)
assert call("GET", "${small}") == (200, b"small")
status, answer = call("GET", "${small}", place="/api/v1")
assert status == 404 and b"ENDPOINT_NOT_FOUND" in answer, answer
`);
    expect(await api.finished(workId)).toMatchObject({ outcome: "succeeded", message: null });
    expect((await api.finished(workId)).isolation?.network).toBe("none");
  });

  it("reaches it again after a restart of the runner, and waits meanwhile", async () => {
    const workId = start(`
print("begun", flush=True)
until = time.monotonic() + 4
cut = 0
while time.monotonic() < until:
    try: assert call("GET", "${small}") == (200, b"small")
    except (ConnectionError, http.client.HTTPException): cut += 1
    time.sleep(0.02)
# at most the one that was just being asked, which clients ask again
assert cut < 2, cut
`);
    while (!api.text(workId).includes("begun")) await sleep(20);
    await runner.stop();
    await sleep(500);
    runner = await startRunner(api, runner.dataFolder, { isolation, capacity: 3 });
    expect(await api.finished(workId)).toMatchObject({ outcome: "succeeded", message: null });
  });

  it("that opens thousands of connections holds up nobody", async () => {
    const flood = start(`
import socket, resource
held = []
print("begun", flush=True)
until = time.monotonic() + 4
while time.monotonic() < until and len(held) < 4000:
    s = socket.socket(); s.setblocking(False)
    s.connect_ex((api.hostname, api.port)); held.append(s)
    if len(held) % 500 == 0: time.sleep(0.2)
print(len(held), flush=True)
time.sleep(until - time.monotonic() if until > time.monotonic() else 0)
`);
    while (!api.text(flood).includes("begun")) await sleep(20);
    const other = start(`
worst = 0
for _ in range(50):
    began = time.monotonic()
    assert call("GET", "${small}") == (200, b"small")
    worst = max(worst, time.monotonic() - began)
print(worst)
`);
    expect(await api.finished(other)).toMatchObject({ outcome: "succeeded", message: null });
    expect(Number(api.text(other, "stdout"))).toBeLessThan(2);
    expect(await api.finished(flood)).toMatchObject({ outcome: "succeeded", message: null });
    expect(Number(api.text(flood, "stdout").trim().split("\n").at(-1))).toBeGreaterThan(1000);
  });
});
