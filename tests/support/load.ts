import { Agent, request } from "node:http";
import { eventually } from "./eventually.ts";

export interface Answered {
  readonly version: string;
  /** Or the value that a regression gives. */
  readonly probability: number;
  readonly predictionId: string;
  /** Milliseconds since the load began. */
  readonly atMs: number;
}

/** Callers that ask one after the other without a pause, until they are stopped. */
export interface Load {
  readonly answers: readonly Answered[];
  readonly failures: readonly string[];
  stop(): Promise<{ requests: number; failures: readonly string[]; versions: Record<string, number> }>;
}

export function startLoad(options: { url: string; token: string; row: unknown; callers: number }): Load {
  const agent = new Agent({ keepAlive: true, maxSockets: options.callers });
  const answers: Answered[] = [];
  const failures: string[] = [];
  const began = performance.now();
  let isStopping = false;
  const call = async () => {
    while (!isStopping) {
      const [status, text] = await ask(agent, options).catch((error: Error) => [0, error.message] as const);
      const answer = status === 200 ? read(text) : undefined;
      if (answer) answers.push({ ...answer, atMs: performance.now() - began });
      else failures.push(`${status} ${text}`);
    }
  };
  const calling = Promise.all(Array.from({ length: options.callers }, call));
  return {
    answers,
    failures,
    async stop() {
      isStopping = true;
      await calling;
      agent.destroy();
      return { requests: answers.length + failures.length, failures, versions: countVersions(answers) };
    },
  };
}

function countVersions(answers: readonly Answered[]): Record<string, number> {
  const versions: Record<string, number> = {};
  for (const { version } of answers) versions[version] = (versions[version] ?? 0) + 1;
  return versions;
}

/** Callers that send the rows in turn, so many a second whether or not the last was answered, until they are stopped. */
export function startSteadyLoad(options: {
  url: string;
  token: string;
  rows: readonly unknown[];
  perSecond: number;
}): Load {
  const { rows, perSecond, ...endpoint } = options;
  const agent = new Agent({ keepAlive: true, maxSockets: 32 });
  const answers: Answered[] = [];
  const failures: string[] = [];
  const waiting = new Set<Promise<void>>();
  const began = performance.now();
  let sent = 0;
  const send = async (row: unknown) => {
    const [status, text] = await ask(agent, { ...endpoint, row }).catch((error: Error) => [0, error.message] as const);
    const answer = status === 200 ? read(text) : undefined;
    if (answer) answers.push({ ...answer, atMs: performance.now() - began });
    else failures.push(`${status} ${text}`);
  };
  const timer = setInterval(() => {
    for (const due = ((performance.now() - began) * perSecond) / 1000; sent < due; sent += 1) {
      const call: Promise<void> = send(rows[sent % rows.length]).finally(() => waiting.delete(call));
      waiting.add(call);
    }
  }, 20);
  return {
    answers,
    failures,
    async stop() {
      clearInterval(timer);
      await Promise.all(waiting);
      agent.destroy();
      return { requests: answers.length + failures.length, failures, versions: countVersions(answers) };
    },
  };
}

/** A gateway hears of a new token a moment after it was made. What is asked here counts as no request of the endpoint. */
export async function knownToGateway(url: string, token: string): Promise<void> {
  const look = async () => (await fetch(url, { headers: { authorization: `Bearer ${token}` } })).status;
  await eventually("a token that the gateway knows", look, (status) => status === 200);
}

/** One request on a connection of its own. */
export async function askOnce(options: { url: string; token: string; row: unknown }): Promise<Omit<Answered, "atMs">> {
  const agent = new Agent();
  const [status, text] = await ask(agent, options);
  agent.destroy();
  const answer = status === 200 ? read(text) : undefined;
  if (!answer) throw new Error(`${options.url} answered ${status} ${text}`);
  return answer;
}

function read(text: string): Omit<Answered, "atMs"> | undefined {
  const parsed = JSON.parse(text) as {
    predictionId?: string;
    model?: { version?: string };
    predictions?: { probability?: number; value?: number }[];
  };
  const [first] = parsed.predictions ?? [];
  const [version, probability] = [parsed.model?.version, first?.probability ?? first?.value];
  if (version === undefined || probability === undefined || parsed.predictionId === undefined) return undefined;
  return { version, probability, predictionId: parsed.predictionId };
}

function ask(agent: Agent, { url, token, row }: { url: string; token: string; row: unknown }) {
  const body = JSON.stringify(row);
  const headers = {
    authorization: `Bearer ${token}`,
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
  };
  return new Promise<readonly [number, string]>((resolve, reject) => {
    const sent = request(`${url}/predict`, { method: "POST", agent, headers, timeout: 15_000 }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        text += chunk;
      });
      response.on("error", reject);
      response.on("end", () => resolve([response.statusCode ?? 0, text]));
    });
    sent.on("timeout", () => sent.destroy(new Error("no answer in 15 s")));
    sent.on("error", reject);
    sent.end(body);
  });
}
