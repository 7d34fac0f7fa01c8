import { type Connection, openConnection, type Sent } from "../harness/connection.ts";
import { assertGood, type Target } from "../harness/drive.ts";

const place = "/api/2.0/mlflow";

export const post = (path: string, body: object): Sent => ({ method: "POST", path: `${place}${path}`, body });
export function get(path: string, query: Readonly<Record<string, string | number>>): Sent {
  const asked = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) asked.set(name, String(value));
  return { method: "GET", path: `${place}${path}?${asked}` };
}

/** One call after the other, each answer read. */
export interface Api {
  call<T>(request: Sent): Promise<T>;
  close(): void;
}

export function openApi({ url, headers, retries }: Target): Api {
  const connection: Connection = openConnection(url, headers, retries);
  return {
    async call<T>(request: Sent) {
      const answer = await connection.send(request).catch((cause: unknown) => {
        throw new Error(`${request.method} ${request.path}: ${cause instanceof Error ? cause.message : cause}`);
      });
      assertGood(request, answer);
      return JSON.parse(answer.body.toString("utf8")) as T;
    },
    close: connection.close,
  };
}
