import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Client, createClient, type RequestLogRule } from "@pave/contract";
import pg from "pg";
import { createApp } from "../../packages/server/src/app.ts";
import { readConfig } from "../../packages/server/src/config.ts";
import { json } from "../../packages/server/src/db/column-types.ts";
import { type Ctx, inTransaction } from "../../packages/server/src/db/context.ts";
import { createTestDatabase } from "../../packages/server/src/db/test-database.ts";
import { type RunningGateway, startGateway } from "../../packages/server/src/gateway/run-gateway.ts";
import { createHttpServer } from "../../packages/server/src/http/server.ts";
import { newId } from "../../packages/server/src/kernel/ids.ts";
import { silentLogger } from "../../packages/server/src/kernel/logger.ts";
import {
  createArtifacts,
  createFolderStore,
  loadSigningKey,
} from "../../packages/server/src/modules/artifacts/index.ts";
import {
  defaultLimits,
  ensureDeployment,
  insertRelease,
  setReleaseState,
  shiftTraffic,
} from "../../packages/server/src/modules/serving/index.ts";
import { eventually } from "./eventually.ts";

const fixtures = join(import.meta.dirname, "..", "..", "packages", "server", "src", "gateway", "fixtures");
export const truthProject = "flights";

/** The real API on a real database, and a real gateway that serves a fixture model; no run had to make it. */
export interface TruthPlatform {
  /** Asks the database itself. */
  query<T extends object>(text: string, values?: readonly unknown[]): Promise<readonly T[]>;
  readonly url: string;
  readonly token: string;
  readonly gatewayToken: string;
  readonly client: Client;
  readonly folder: string;
  readonly gateway: RunningGateway;
  /** Runs one of the worker's loops now. */
  loop(name: string): Promise<void>;
  predict(body: unknown): Promise<{ status: number; predictionId: string }>;
  stopApi(): Promise<void>;
  startApi(): Promise<void>;
  remove(): Promise<void>;
}

export async function startTruthPlatform(
  options: { model?: string; log?: Partial<RequestLogRule>; environment?: Record<string, unknown> } = {},
): Promise<TruthPlatform> {
  const { model = "late-1", log, environment = {} } = options;
  const database = await createTestDatabase({ poolSize: 8 });
  const pool = new pg.Pool({ connectionString: database.url, max: 1 });
  const folder = await mkdtemp(join(tmpdir(), "pave-truth-"));
  const config = readConfig({ PAVE_HOME: folder });
  const addresses = { apiUrl: "", gatewayUrl: "" };
  const app = await createApp({
    config,
    database: database.database,
    log: silentLogger,
    addresses,
    embeddedDatabase: false,
  });
  const clientToken = await app.clientToken((await app.seed()).adminId);
  const ctx = app.createContext();
  let port = 0;
  const open = async () => {
    const server = await createHttpServer({
      handlers: app.handlers,
      access: app.access,
      createContext: app.createContext,
      log: silentLogger,
      allowedHosts: [],
      secureCookies: false,
      checkResponses: true,
    });
    addresses.apiUrl = await server.listen({ host: "127.0.0.1", port });
    port = Number(new URL(addresses.apiUrl).port);
    return server;
  };
  let server = await open();
  const client = createClient({ baseUrl: addresses.apiUrl, token: clientToken });
  await client.createProject({ body: { name: truthProject, owner: "platform" } });
  await release(ctx, { folder, model, log, environment });
  const { gateway: token } = await app.roleTokens();
  const stopping = new AbortController();
  const gateway = await startGateway({
    host: "127.0.0.1",
    port: 0,
    workers: 1,
    api: { apiUrl: addresses.apiUrl, token },
    dataFolder: folder,
    log: silentLogger,
    signal: stopping.signal,
  });
  const predict: TruthPlatform["predict"] = async (body) => {
    const response = await fetch(`http://127.0.0.1:${gateway.port}/production/${truthProject}/late/predict`, {
      method: "POST",
      headers: { authorization: `Bearer ${clientToken}` },
      body: JSON.stringify(body),
    });
    await response.text();
    return { status: response.status, predictionId: response.headers.get("pave-prediction-id") ?? "" };
  };
  await eventually(
    "the gateway serves",
    () =>
      fetch(`http://127.0.0.1:${gateway.port}/production/${truthProject}/late`, {
        headers: { authorization: `Bearer ${clientToken}` },
      }),
    ({ status }) => status === 200,
  );
  return {
    query: async <T extends object>(text: string, values: readonly unknown[] = []) =>
      (await pool.query<T>(text, [...values])).rows,
    url: addresses.apiUrl,
    token: clientToken,
    gatewayToken: token,
    client,
    folder,
    gateway,
    predict,
    loop: async (name) => void (await app.loops.find((loop) => loop.name === name)?.run(ctx)),
    stopApi: () => server.close(),
    async startApi() {
      server = await open();
    },
    async remove() {
      stopping.abort();
      await gateway.stopped;
      await server.close();
      await app.close();
      await pool.end();
      await database.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function release(
  ctx: Ctx,
  given: { folder: string; model: string; log: Partial<RequestLogRule> | undefined; environment: object },
): Promise<void> {
  const store = await createFolderStore({ folder: join(given.folder, "artifacts") });
  const artifacts = createArtifacts({ store, signingKey: await loadSigningKey(ctx), clock: ctx.clock });
  const folder = join(fixtures, given.model);
  const files = await Promise.all(
    (await readdir(folder)).map(async (path) => ({
      path,
      executable: false,
      ...(await artifacts.storeBytes(ctx, await readFile(join(folder, path)))),
    })),
  );
  const { id: projectId } = await ctx.db
    .selectFrom("projects")
    .select("id")
    .where("name", "=", truthProject)
    .executeTakeFirstOrThrow();
  const { spec } = await ctx.db
    .selectFrom("environments")
    .select("spec")
    .where("name", "=", "production")
    .executeTakeFirstOrThrow();
  await ctx.db
    .updateTable("environments")
    .set({ spec: json({ ...(spec as object), ...given.environment }) })
    .where("name", "=", "production")
    .execute();
  const revisionId = newId();
  await ctx.db
    .insertInto("revisions")
    .values({
      id: revisionId,
      project_id: projectId,
      number: 1,
      digest: newId(),
      files: json([]),
      file_count: 0,
      bytes: 0,
      created_by: "system",
    })
    .execute();
  await inTransaction(ctx, async (ctx) => {
    const key = { projectId, environment: "production", name: "late", kind: "online" as const };
    const { id: deploymentId } = await ensureDeployment(ctx, key);
    const configuration = { files, limits: defaultLimits, slo: {}, ...(given.log ? { log: given.log } : {}) };
    const row = { deploymentId, planId: null, revisionId, model: "late", modelVersion: 1, modelDigest: "sha256:d" };
    const id = await insertRelease(ctx, { ...row, configuration, message: null });
    await setReleaseState(ctx, id, "active");
    await shiftTraffic(ctx, { id, deploymentId, configuration });
  });
}
