import type {
  Connection,
  ConnectionSettings,
  ConnectionType,
  DatasetVersion,
  OutputManifest,
  SecretEnvironment,
} from "@pave/contract";
import { z } from "zod";
import { type Ctx, inTransaction } from "../../db/context.ts";
import { digestOfJson } from "../../kernel/json.ts";
import { masksOf } from "../../kernel/masks.ts";
import { must, PaveError } from "../../kernel/pave-error.ts";
import { suggestion } from "../../kernel/spec/index.ts";
import { principalRefs } from "../access/index.ts";
import { recordEvent } from "../ledger/index.ts";
import { chooseSecret, noteTaken, type Secrets, type TakingAttempt, type Vault } from "../secrets/index.ts";
import { readSettings } from "./connection-settings.ts";
import type { ConnectionRow } from "./connections-store.ts";
import * as store from "./connections-store.ts";
import { findDatasetVersions, insertDatasetVersion } from "./dataset-versions-store.ts";

export interface SetConnection extends store.ConnectionKey {
  readonly type: ConnectionType;
  readonly settings: ConnectionSettings;
  readonly password: string;
}

/** What a step reads through, as it was when the run was made. */
export interface BoundConnection {
  readonly name: string;
  /** Of the binding: the run's, or null. */
  readonly environment: string | null;
  readonly type: ConnectionType;
  /** Digest of where it leads and as whom; the password has no part in it. */
  readonly identity: string;
}

export interface Connections {
  set(ctx: Ctx, input: SetConnection): Promise<Connection>;
  remove(ctx: Ctx, key: store.ConnectionKey): Promise<void>;
  list(ctx: Ctx, projectId: string): Promise<Connection[]>;
  get(ctx: Ctx, key: store.ConnectionKey): Promise<ConnectionRow>;
  /** Throws `connection.not_found` where a run of that environment has none of the name. */
  bind(ctx: Ctx, key: store.ConnectionKey): Promise<BoundConnection>;
  /** What the process of an attempt is given; told in the ledger, once for an attempt. */
  take(ctx: Ctx, attempt: TakingAttempt, name: string): Promise<SecretEnvironment>;
  /** The same for a check, which nobody is told of. */
  environmentOf(ctx: Ctx, connection: ConnectionRow): Promise<SecretEnvironment>;
  /** Notes what a step read, from what it wrote. */
  recordDataset(ctx: Ctx, read: ReadDataset): Promise<DatasetVersion | undefined>;
  datasetsOf(ctx: Ctx, artifactIds: readonly string[]): Promise<DatasetVersion[]>;
}

export interface ReadDataset {
  readonly attempt: Pick<TakingAttempt, "projectId" | "run" | "step">;
  readonly connection: BoundConnection;
  readonly params: Readonly<Record<string, unknown>>;
  readonly output: Pick<OutputManifest, "port" | "metadata">;
  readonly artifact: { readonly id: string; readonly digest: string };
}

export interface ConnectionsOptions {
  readonly vault: Vault;
  readonly secrets: Pick<Secrets, "alsoMasks">;
  /** May one lead to the platform's own machine? */
  readonly allowLoopback: boolean;
}

const contextOf = ({ projectId, environment, name, version }: ConnectionRow): string =>
  JSON.stringify(["connection", projectId, environment, name, version]);

export function createConnections({ vault, secrets, allowLoopback }: ConnectionsOptions): Connections {
  vault.keeps({ table: "connections", column: "sealed" });
  const passwordOf = async (connection: ConnectionRow): Promise<string> =>
    connection.sealed === null ? "" : vault.open(connection.sealed, contextOf(connection));
  secrets.alsoMasks(async (ctx, id, version) => {
    const found = await store.findConnectionById(ctx, id);
    return found?.version === version ? passwordOf(found) : undefined;
  });

  const choose = async (ctx: Ctx, key: store.ConnectionKey): Promise<ConnectionRow> => {
    const known = await store.listConnections(ctx, key.projectId);
    return chooseSecret(known, key.name, key.environment) ?? notFound(key, known);
  };
  const get = async (ctx: Ctx, key: store.ConnectionKey): Promise<ConnectionRow> => {
    const known = await store.listConnections(ctx, key.projectId);
    return known.find((one) => one.name === key.name && one.environment === key.environment) ?? notFound(key, known);
  };
  const environmentOf: Connections["environmentOf"] = async (_, connection) => {
    const { name, environment, type, settings } = connection;
    const password = await passwordOf(connection);
    const value = JSON.stringify({ name, environment, type, settings, password, allowLoopback });
    return { env: { PAVE_CONNECTION: value }, masks: masksOf(`connection ${name}`, password) };
  };

  return {
    async set(ctx, { type, settings: given, password, ...key }) {
      const settings = readSettings(key.name, type, given, password);
      return inTransaction(ctx, async (ctx) => {
        const connection = await store.saveConnection(ctx, key, { type, settings });
        if (password !== "")
          await store.sealConnection(ctx, connection.id, await vault.seal(password, contextOf(connection)));
        await recordEvent(ctx, { type: "connection.set", ...subjectOf(connection) });
        const [shown] = await toConnections(ctx, [
          must(await store.findConnectionById(ctx, connection.id), "the connection"),
        ]);
        return must(shown, "the connection just set");
      });
    },

    async remove(ctx, key) {
      await inTransaction(ctx, async (ctx) => {
        const connection = await get(ctx, key);
        await store.deleteConnection(ctx, connection.id);
        await recordEvent(ctx, { type: "connection.removed", ...subjectOf(connection) });
      });
    },

    list: async (ctx, projectId) => toConnections(ctx, await store.listConnections(ctx, projectId)),
    get,

    async bind(ctx, key) {
      const { name, environment, type, settings } = await choose(ctx, key);
      return { name, environment, type, identity: digestOfJson({ type, settings }) };
    },

    async take(ctx, attempt, name) {
      return inTransaction(ctx, async (ctx) => {
        const { projectId, environment, run, step, number, requestedBy } = attempt;
        const connection = await choose(ctx, { projectId, environment, name });
        const taken = { secretId: connection.id, name: `connection ${name}`, version: connection.version };
        if (await noteTaken(ctx, attempt.id, taken)) {
          await store.noteConnectionUse(ctx, connection.id, run);
          const { data, ...subject } = subjectOf(connection);
          await recordEvent(ctx, {
            ...{ type: "connection.used", ...subject, causeId: attempt.id },
            data: { ...data, run, step, attempt: number, requestedBy },
          });
        }
        return environmentOf(ctx, connection);
      });
    },

    environmentOf,

    async recordDataset(ctx, { attempt, connection, params, output, artifact }) {
      const written = writtenSchema.safeParse(output.metadata);
      if (!written.success) return undefined;
      const { rows, columns, source } = written.data;
      await insertDatasetVersion(ctx, {
        ...{ projectId: attempt.projectId, artifactId: artifact.id, digest: artifact.digest },
        ...{ run: attempt.run, step: attempt.step, port: output.port },
        ...{ connection: connection.name, type: connection.type, environment: connection.environment },
        ...{ query: textOf(params.query), path: textOf(params.path), version: textOf(params.version) },
        ...{ rows, columns, etag: source.etag },
      });
      return (await findDatasetVersions(ctx, [artifact.id])).at(-1);
    },
    datasetsOf: findDatasetVersions,
  };
}

/** What the component says of the table that it wrote; the rest is known without asking it. */
const writtenSchema = z.object({
  rows: z.number(),
  columns: z.array(z.object({ name: z.string(), type: z.string(), exactType: z.string() })),
  source: z.object({ etag: z.string().nullable() }),
});

const textOf = (value: unknown): string | null => (typeof value === "string" ? value : null);

const subjectOf = ({ id, projectId, name, environment, type, version }: ConnectionRow) => ({
  subjectType: "connection",
  subjectId: id,
  projectId,
  data: { name, environment, type, version },
});

async function toConnections(ctx: Ctx, rows: readonly ConnectionRow[]): Promise<Connection[]> {
  const refs = await principalRefs(
    ctx,
    rows.map(({ updatedBy }) => updatedBy),
  );
  return rows.map(({ id: _, projectId: _p, sealed, updatedBy, updatedAt, lastUsedAt, ...row }) => ({
    ...row,
    hasPassword: sealed !== null,
    updatedBy: must(refs.get(updatedBy), "who set the connection"),
    updatedAt: updatedAt.toISOString(),
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
  }));
}

function notFound({ name, environment }: store.ConnectionKey, known: readonly ConnectionRow[]): never {
  const where = environment === null ? "" : ` for the environment ${environment}`;
  const of = known.filter((one) => one.name === name).map((one) => one.environment ?? "no environment");
  const there =
    of.length > 0
      ? `; it is there for ${of.join(", ")}`
      : suggestion(
          name,
          known.map((one) => one.name),
        );
  throw new PaveError("connection.not_found", `There is no connection ${name}${where}${there}`, {
    fix: `Make it with \`pave connections add ${name} --type …${environment === null ? "" : ` --environment ${environment}`}\`, or see what there is with \`pave connections list\``,
  });
}
