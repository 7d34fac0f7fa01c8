import type { Connection } from "./resources/connections.ts";

/** Where a connection leads, in a line: `reader@db:5432/sales`, `https://files.example/data`, `s3://lake`. */
export function connectionPlace({ type, settings }: Pick<Connection, "type" | "settings">): string {
  const { host, port, database, user, url, bucket, region } = settings;
  if (type === "s3") return `s3://${bucket}${url ? ` at ${url}` : region ? ` in ${region}` : ""}`;
  if (type === "http") return url ?? "";
  return `${user}@${host}${port ? `:${port}` : ""}/${database}`;
}
