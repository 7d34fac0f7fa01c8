import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Role } from "@pave/contract";
import { type App, createApp } from "../app.ts";
import { readConfig } from "../config.ts";
import type { Ctx } from "../db/context.ts";
import { createTestDatabase } from "../db/test-database.ts";
import { createHttpServer } from "../http/server.ts";
import { silentLogger } from "../kernel/logger.ts";
import { createPrincipal, mintToken, setProjectRole } from "../modules/access/index.ts";

export type ApiHouse = Awaited<ReturnType<typeof createApiHouse>>;
export interface Answer {
  readonly status: number;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: what tests read of it they say themselves
  readonly body: any;
}

const hour = 3_600_000;

/** The whole API on a real database, without a gateway, a runner or the worker's loops. */
export async function createApiHouse(
  options: {
    readonly checkResponses?: boolean;
    readonly portal?: { readonly folder: string };
    readonly secureCookies?: boolean;
  } = {},
) {
  const database = await createTestDatabase();
  const folder = await mkdtemp(join(tmpdir(), "pave-api-"));
  const config = readConfig({ PAVE_HOME: folder });
  const addresses = { apiUrl: "http://127.0.0.1:1", gatewayUrl: "http://127.0.0.1:2" };
  const app: App = await createApp({
    ...{ config, database: database.database, log: silentLogger, addresses },
    embeddedDatabase: false,
  });
  const admin = await app.clientToken((await app.seed()).adminId);
  const { handlers, protocols, access, createContext } = app;
  const server = await createHttpServer({
    ...{ handlers, protocols, access, createContext, log: silentLogger },
    ...{ allowedHosts: [], secureCookies: false, ...options },
  });
  const ctx: Ctx = app.createContext();
  const projectId = async (name: string) =>
    (await ctx.db.selectFrom("projects").select("id").where("name", "=", name).executeTakeFirstOrThrow()).id;

  async function send(method: string, url: string, token: string | undefined, body?: unknown): Promise<Answer> {
    const response = await server.inject({
      method: method as "GET",
      url,
      headers: { host: "127.0.0.1", ...(token ? { authorization: `Bearer ${token}` } : {}) },
      ...(body === undefined ? {} : { payload: body as object }),
    });
    return {
      ...{ status: response.statusCode, text: response.body },
      get body() {
        return response.json();
      },
    };
  }

  return {
    app,
    ctx,
    admin,
    send,
    projectId,
    async project(name: string) {
      await send("POST", "/api/v1/projects", admin, { name });
      return { id: await projectId(name), name };
    },
    mint: async (principalId: string, more: Partial<Parameters<typeof mintToken>[1]> = {}) =>
      (await mintToken(ctx, { kind: "api", principalId, name: "t", expiresInMs: hour, ...more })).token,
    /** A principal with roles by the names of projects, and a token. */
    async person(
      name: string,
      roles: Readonly<Record<string, Role>> = {},
      more: Partial<Parameters<typeof createPrincipal>[1]> = {},
    ) {
      const { id } = await createPrincipal(ctx, { kind: "user", name, ...more });
      for (const [project, role] of Object.entries(roles))
        await setProjectRole(ctx, { projectId: await projectId(project), principalId: id, role });
      const { token } = await mintToken(ctx, { kind: "api", principalId: id, name, expiresInMs: hour });
      return { id, name, token };
    },
    /** Serves it on a port of this machine; gives its origin. */
    listen: () => server.listen({ host: "127.0.0.1", port: 0 }),
    async close() {
      await server.close();
      await app.close();
      await database.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
