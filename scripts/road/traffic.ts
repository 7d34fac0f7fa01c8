import { Agent, request } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { DuckDBInstance } from "@duckdb/node-api";

export interface TrafficResult {
  readonly requests: number;
  readonly failed: number;
  readonly rows: number;
  readonly meanPrediction: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly versions: Readonly<Record<string, number>>;
}

type Row = Readonly<Record<string, unknown>>;

/** A flight that came after the training data. */
export interface LaterFlight {
  /** As a caller would send it at the moment of departure. */
  readonly row: Row;
  readonly departedAt: string;
  /** What came true, which nobody knew then. */
  readonly late: boolean;
}

/** About `limit` flights that came after the training data, spread evenly over their days, in the order of departure. */
export async function laterFlights(parquet: string, sql: string, limit: number): Promise<LaterFlight[]> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  await connection.run(`create view source as select * from read_parquet('${parquet.replaceAll("'", "''")}')`);
  await connection.run(
    `create view flight as select *, row_number() over (order by date) as number from (${sql.replace(/;\s*$/, "")})`,
  );
  const reader = await connection.runAndReadAll(
    `select origin, destination, distance, hour, weekday, late, strftime(date, '%Y-%m-%dT%H:%M:%SZ') as departed from flight
     where (number - 1) % greatest(1, (select count(*) // ${limit} from flight)) = 0 order by number limit ${limit}`,
  );
  const rows = reader.getRowObjectsJson() as Row[];
  connection.closeSync();
  return rows.map(({ late, departed, ...row }) => ({
    row: { ...row, distance: Number(row.distance), hour: Number(row.hour), weekday: Number(row.weekday) },
    departedAt: String(departed),
    late: late === true,
  }));
}

export const rowsOf = (flights: readonly LaterFlight[]): Row[] => flights.map(({ row }) => row);

/** Sends each row as a request of its own, a few at a time, and counts what came back. */
export async function sendTraffic(options: {
  url: string;
  token: string;
  rows: readonly Row[];
  concurrency: number;
  say?: (text: string) => void;
  /** Hears the prediction id of each answer, to tell later what came true. */
  onAnswer?: (index: number, predictionId: string) => void;
}): Promise<TrafficResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: options.concurrency });
  const latencies: number[] = [];
  const versions: Record<string, number> = {};
  let [next, failed, sum] = [0, 0, 0];
  const worker = async () => {
    for (let index = next++; index < options.rows.length; index = next++) {
      const started = performance.now();
      const answer = await post(agent, `${options.url}/predict`, options.token, options.rows[index] ?? {}).catch(
        () => undefined,
      );
      latencies.push(performance.now() - started);
      const prediction = answer?.predictions?.[0]?.probability;
      if (typeof prediction !== "number") failed += 1;
      else {
        sum += prediction;
        if (answer?.predictionId) options.onAnswer?.(index, answer.predictionId);
      }
      if (answer?.model) versions[answer.model.version] = (versions[answer.model.version] ?? 0) + 1;
      if (index % 500 === 0) options.say?.(`${index} of ${options.rows.length} requests`);
    }
  };
  await Promise.all(Array.from({ length: options.concurrency }, worker));
  agent.destroy();
  latencies.sort((a, b) => a - b);
  const quantile = (share: number) =>
    latencies[Math.min(latencies.length - 1, Math.floor(share * latencies.length))] ?? 0;
  const answered = options.rows.length - failed;
  return {
    requests: options.rows.length,
    failed,
    rows: answered,
    meanPrediction: answered > 0 ? sum / answered : 0,
    p50Ms: quantile(0.5),
    p99Ms: quantile(0.99),
    versions,
  };
}

/** Goes on sending the rows, about so many requests a second, until the signal. */
export async function keepSending(options: {
  url: string;
  token: string;
  rows: readonly Row[];
  /** In a request; one unless said. */
  rowsEach?: number;
  perSecond: number;
  signal: AbortSignal;
}): Promise<{ requests: number; failed: number }> {
  const { rowsEach = 1, perSecond, signal, url, token } = options;
  const total = { requests: 0, failed: 0 };
  const bodies = inGroups(options.rows, rowsEach);
  const size = Math.max(1, Math.round(perSecond / 4));
  for (let from = 0; !signal.aborted; from = (from + size) % Math.max(1, bodies.length - size)) {
    const quarter = delay(250, undefined, { signal }).catch(() => undefined);
    const part = bodies.slice(from, from + size);
    const { requests, failed } = await sendTraffic({ url, token, rows: part, concurrency: 4 });
    total.requests += requests;
    total.failed += failed;
    await quarter;
  }
  return total;
}

/** As the body of a request each. */
function inGroups(rows: readonly Row[], size: number): readonly Row[] {
  if (size === 1) return rows;
  const groups = Array.from({ length: Math.floor(rows.length / size) }, (_, group) => group * size);
  return groups.map((from) => ({ inputs: rows.slice(from, from + size) }));
}

interface Answer {
  readonly predictionId?: string;
  readonly model?: { readonly version: string };
  readonly predictions?: readonly { readonly probability?: number }[];
}

function post(agent: Agent, url: string, token: string, body: Row): Promise<Answer> {
  const text = JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      {
        method: "POST",
        agent,
        headers: {
          authorization: `Bearer ${token}`,
          "content-type": "application/json",
          "content-length": Buffer.byteLength(text),
        },
      },
      (response) => {
        let received = "";
        response.on("data", (chunk: Buffer) => {
          received += String(chunk);
        });
        response.on("end", () =>
          response.statusCode === 200
            ? resolve(JSON.parse(received) as Answer)
            : reject(new Error(`${response.statusCode} ${received}`)),
        );
      },
    );
    sent.once("error", reject);
    sent.end(text);
  });
}
