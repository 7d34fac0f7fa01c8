import { Agent, request } from "node:http";

export interface Asked {
  /** Requests that were answered with 200, by model version. */
  readonly answered: Map<string, number>;
  /** What else happened. */
  readonly failed: string[];
}

/** Asks over and over on `connections` connections until stopped, each at once again when it has its answer; what has happened so far can be read meanwhile. */
export function keepAsking(url: string, body: unknown, connections = 8): Asked & { stop(): Promise<Asked> } {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const asked: Asked = { answered: new Map(), failed: [] };
  let isStopping = false;
  const loop = async () => {
    while (!isStopping) {
      const { status, version } = await askOnce(url, agent, JSON.stringify(body));
      if (status === 200) asked.answered.set(version, (asked.answered.get(version) ?? 0) + 1);
      else asked.failed.push(String(status));
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  const loops = Promise.all(Array.from({ length: connections }, loop));
  return {
    ...asked,
    async stop() {
      isStopping = true;
      await loops;
      agent.destroy();
      return asked;
    },
  };
}

function askOnce(url: string, agent: Agent, body: string): Promise<{ status: number | string; version: string }> {
  return new Promise((resolve) => {
    const asking = request(url, { agent, method: "POST", headers: { authorization: "Bearer secret" } }, (response) => {
      response
        .resume()
        .on("end", () =>
          resolve({ status: response.statusCode ?? 0, version: String(response.headers["pave-model-version"]) }),
        );
      response.on("error", (error) => resolve({ status: error.message, version: "" }));
    });
    asking.on("error", (error) => resolve({ status: error.message, version: "" }));
    asking.end(body);
  });
}

export const totalOf = ({ answered }: Asked) => [...answered.values()].reduce((sum, count) => sum + count, 0);
