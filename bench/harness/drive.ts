import { type Connection, openConnection, type Received, type Sent } from "./connection.ts";
import { quantile } from "./statistics.ts";

export interface Target {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** See {@link openConnection}. */
  readonly retries?: number;
}

export interface Drive {
  readonly connections: number;
  readonly seconds: number;
  /** So many requests are made even if that takes longer. */
  readonly atLeast?: number;
  /** The n-th request, of the connection of that number. */
  request(number: number, connection: number): Sent;
}

export interface Driven {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly requests: number;
  readonly bytes: number;
}

/** Closed loops: each connection asks again as soon as it was answered. What is not answered with 200 ends the bench. */
export async function drive({ url, headers, retries }: Target, options: Drive): Promise<Driven> {
  const { connections, seconds, atLeast = connections } = options;
  const opened = Array.from({ length: connections }, () => openConnection(url, headers, retries));
  const times: number[] = [];
  let [sent, bytes] = [0, 0];
  const began = performance.now();
  const loop = async (connection: Connection, index: number): Promise<void> => {
    while (performance.now() - began < seconds * 1000 || sent < atLeast) {
      const request = options.request(sent++, index);
      const at = performance.now();
      const answer = await connection.send(request);
      times.push(performance.now() - at);
      bytes += answer.body.length;
      assertGood(request, answer);
    }
  };
  try {
    await Promise.all(opened.map(loop));
  } finally {
    for (const connection of opened) connection.close();
  }
  const perSecond = times.length / ((performance.now() - began) / 1000);
  return { perSecond, p50Ms: quantile(times, 0.5), p95Ms: quantile(times, 0.95), requests: times.length, bytes };
}

export function assertGood({ method, path }: Sent, { status, body }: Received): void {
  if (status !== 200) throw new Error(`${method} ${path} was answered ${status} ${body.toString("utf8", 0, 500)}`);
}
