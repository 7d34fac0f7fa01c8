/**
 * What the gateway is measured against: node:http and onnxruntime with per-tick batching and nothing else. No
 * authentication, no checks, no ids of its own, no counters, no supervisor. It answers the same bytes, so that neither
 * the network nor the load generator makes a difference.
 */
import { createServer, type ServerResponse } from "node:http";
import ort from "onnxruntime-node";

const session = await ort.InferenceSession.create(process.argv[2] ?? "", {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
});

const predictionId = "01a20a34-85c5-77f4-b94c-47ec28dcbb6e";

interface Waiting {
  readonly row: { origin: string; hour: number; distance: number; wind: number };
  readonly response: ServerResponse;
}
let waiting: Waiting[] = [];

createServer((request, response) => {
  let body = "";
  request.on("data", (chunk: Buffer) => {
    body += chunk.toString();
  });
  request.on("end", () => {
    waiting.push({ row: JSON.parse(body), response });
    if (waiting.length === 1) setImmediate(flush);
  });
}).listen(Number(process.argv[3]), "127.0.0.1", () => process.stdout.write("ready\n"));

function flush() {
  const all = waiting;
  waiting = [];
  for (let from = 0; from < all.length; from += 64) void answer(all.slice(from, from + 64));
}

async function answer(batch: Waiting[]): Promise<void> {
  const shape = [batch.length, 1];
  const { label, probabilities } = await session.run({
    origin: new ort.Tensor(
      "string",
      batch.map(({ row }) => row.origin),
      shape,
    ),
    hour: new ort.Tensor(
      "int64",
      BigInt64Array.from(batch, ({ row }) => BigInt(row.hour)),
      shape,
    ),
    distance: new ort.Tensor(
      "float32",
      Float32Array.from(batch, ({ row }) => row.distance),
      shape,
    ),
    wind: new ort.Tensor(
      "float32",
      Float32Array.from(batch, ({ row }) => row.wind),
      shape,
    ),
  });
  for (const [index, { response }] of batch.entries()) {
    const late = Number(probabilities?.data[index * 2 + 1]);
    const text = JSON.stringify({
      predictionId,
      model: { name: "late", version: "1" },
      predictions: [
        { label: label?.data[index] === 1n, probability: late, probabilities: { false: 1 - late, true: late } },
      ],
    });
    response.writeHead(200, [
      "content-type",
      "application/json",
      "content-length",
      String(Buffer.byteLength(text)),
      "pave-prediction-id",
      predictionId,
      "pave-model-version",
      "1",
    ]);
    response.end(text);
  }
}
