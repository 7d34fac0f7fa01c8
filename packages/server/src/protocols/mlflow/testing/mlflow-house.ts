import { mkdtemp, rm } from "node:fs/promises";
import { request as send } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { Role } from "@pave/contract";
import Fastify from "fastify";
import { type Ctx, createContext } from "../../../db/context.ts";
import { createTestDatabase } from "../../../db/test-database.ts";
import { beforeRoutes, maxHeaderBytes } from "../../../http/before-routes.ts";
import { serveProtocol } from "../../../http/serve-protocol.ts";
import { newId } from "../../../kernel/ids.ts";
import { silentLogger } from "../../../kernel/logger.ts";
import { systemClock } from "../../../kernel/time.ts";
import {
  assertWithinToken,
  createPrincipal,
  mintToken,
  setProjectRole,
  withActor,
} from "../../../modules/access/index.ts";
import {
  type ArtifactStore,
  type Artifacts,
  createArtifacts,
  createDiskReserve,
  createFolderStore,
} from "../../../modules/artifacts/index.ts";
import { openVault } from "../../../modules/secrets/index.ts";
import { createWebhooks, type Webhooks } from "../../../modules/webhooks/index.ts";
import { createMlflow } from "../index.ts";

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: what a test looks into, it knows
  readonly body: any;
}

export interface Call {
  /** Whose token: `<role> of <project>`, or a token itself. */
  readonly as?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object is sent as JSON; text and bytes as they are. */
  readonly body?: unknown;
  /** Below `/api/2.0` unless it begins with `/`. */
  readonly from?: string;
}

/** The protocol on real HTTP and a real database: projects `flights` and `trains`, and people with roles on them. */
export interface MlflowHouse {
  readonly ctx: Ctx;
  readonly artifacts: Artifacts;
  /** May send to this machine. */
  readonly webhooks: Webhooks;
  readonly projects: Readonly<Record<"flights" | "trains", string>>;
  readonly url: string;
  /** The token that a name stands for. */
  tokenOf(name: string): string;
  /** The attempts' runs by token id, as pipelines would know them. */
  readonly attempts: Map<string, string>;
  /** What is free on the disk, as far as uploads know. */
  readonly room: { bytes: number };
  /** Makes a token and gives a name to use it by. */
  token(
    name: string,
    options: { role?: Role; projects?: readonly string[]; tokenProject?: string; scopes?: string[] },
  ): Promise<string>;
  call(method: string, path: string, options?: Call): Promise<Answer>;
  get(path: string, as?: string): Promise<Answer>;
  post(path: string, body: unknown, as?: string): Promise<Answer>;
  /** A new experiment of flights, and a new run in it. */
  newExperiment(name?: string): Promise<string>;
  newRun(experimentId: string, body?: object): Promise<string>;
  close(): Promise<void>;
}

export async function createMlflowHouse(options: { readonly store?: ArtifactStore } = {}): Promise<MlflowHouse> {
  const testDatabase = await createTestDatabase({ poolSize: 6 });
  const folder = await mkdtemp(join(tmpdir(), "pave-mlflow-"));
  const ctx = createContext(testDatabase.database, { log: silentLogger });
  const artifacts = createArtifacts({
    store: options.store ?? (await createFolderStore({ folder })),
    signingKey: "k".repeat(43),
    clock: systemClock,
  });
  const attempts = new Map<string, string>();
  const room = { bytes: 1e12 };
  const webhooks = createWebhooks({
    vault: await openVault(ctx, { command: [], key: "", file: join(folder, "master-keys") }),
    outbound: { allow: ["127.0.0.1"], http: false },
    days: 30,
  });
  const url = { api: "" };
  const protocol = createMlflow({
    webhooks,
    artifacts,
    apiUrl: () => url.api,
    reserve: createDiskReserve({ folder, reserveBytes: 1000, freeBytes: async () => room.bytes }),
    attemptOrigin: async () => undefined,
    attemptRun: async ({ actor: { grant } }) => attempts.get(grant === "unlimited" ? "" : (grant.tokenId ?? "")),
    isReleased: async (_, model) => model === "released",
    modelNames: {
      whereLive: async (_, model) => (model === "released" ? "late in staging" : undefined),
      renamed: async () => undefined,
    },
  });
  const server = Fastify({
    routerOptions: { maxParamLength: 400 },
    genReqId: newId,
    http: { maxHeaderSize: maxHeaderBytes },
    ...beforeRoutes({ protocols: [protocol], log: silentLogger }),
  });
  await serveProtocol(server, protocol, {
    access: { sessionCookie: "", authenticate: withActor, authorize: async () => undefined, assertWithinToken },
    createContext: (correlationId) => createContext(testDatabase.database, { log: silentLogger, correlationId }),
    log: silentLogger,
  });
  await server.listen({ host: "127.0.0.1", port: 0 });
  const { port } = server.server.address() as AddressInfo;
  url.api = `http://127.0.0.1:${port}`;

  const projects = { flights: newId(), trains: newId() };
  for (const [name, id] of Object.entries(projects))
    await ctx.db.insertInto("projects").values({ id, name, title: name, owner: "ops", created_by: "system" }).execute();
  const tokens = new Map<string, string>();
  const token: MlflowHouse["token"] = async (name, { role, projects: names = [], tokenProject, scopes }) => {
    const principal = await createPrincipal(ctx, { kind: scopes?.includes("run.self") ? "run" : "user", name });
    for (const project of names)
      if (role)
        await setProjectRole(ctx, {
          projectId: projects[project as "flights"],
          principalId: principal.id,
          role,
        });
    const minted = await mintToken(ctx, {
      kind: scopes?.includes("run.self") ? "run" : "api",
      principalId: principal.id,
      name,
      projectId: tokenProject ? projects[tokenProject as "flights"] : null,
      scopes: scopes ?? null,
      expiresInMs: 3_600_000,
    });
    tokens.set(name, minted.token);
    return minted.id;
  };
  await token("developer", { role: "developer", projects: ["flights"] });
  await token("viewer", { role: "viewer", projects: ["flights"] });
  await token("stranger", { role: "developer", projects: ["trains"] });
  await token("both", { role: "developer", projects: ["flights", "trains"] });

  const call: MlflowHouse["call"] = (method, path, { as, headers = {}, body, from = "/api/2.0" } = {}) =>
    new Promise((resolve, reject) => {
      const isJson = typeof body === "object" && !(body instanceof Uint8Array);
      const bytes = body === undefined ? undefined : Buffer.from(isJson ? JSON.stringify(body) : (body as string));
      const sent = send(
        {
          host: "127.0.0.1",
          port,
          method,
          path: `${from}${path}`,
          headers: {
            ...(as === undefined ? {} : { authorization: `Bearer ${tokens.get(as) ?? as}` }),
            ...(isJson ? { "content-type": "application/json" } : {}),
            // Node frames the body of a DELETE only if it is told how long it is
            ...(bytes && !headers["transfer-encoding"] ? { "content-length": String(bytes.byteLength) } : {}),
            ...headers,
          },
        },
        (response) => {
          text(response).then((answer) => {
            let parsed: unknown;
            try {
              parsed = JSON.parse(answer);
            } catch {
              parsed = undefined;
            }
            resolve({ status: response.statusCode ?? 0, headers: response.headers, text: answer, body: parsed });
          }, reject);
        },
      );
      sent.on("error", reject);
      sent.end(bytes);
    });
  const get: MlflowHouse["get"] = (path, as = "developer") => call("GET", `/mlflow${path}`, { as });
  const post: MlflowHouse["post"] = (path, body, as = "developer") => call("POST", `/mlflow${path}`, { as, body });

  return {
    ctx,
    artifacts,
    webhooks,
    projects,
    url: url.api,
    tokenOf: (name) => tokens.get(name) ?? name,
    attempts,
    room,
    token,
    call,
    get,
    post,
    newExperiment: async (name = `study ${newId()}`) =>
      (await post("/experiments/create", { name })).body.experiment_id as string,
    newRun: async (experiment_id, body = {}) =>
      (await post("/runs/create", { experiment_id, start_time: Date.now(), ...body })).body.run.info.run_id as string,
    async close() {
      await server.close();
      await testDatabase.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
