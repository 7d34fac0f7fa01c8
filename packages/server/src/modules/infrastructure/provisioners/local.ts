import { mkdir, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { type SqlBool, sql } from "kysely";
import type { Ctx } from "../../../db/context.ts";
import { digestOf } from "../../../kernel/ids.ts";
import { PaveError } from "../../../kernel/pave-error.ts";
import { ensurePrincipal } from "../../access/index.ts";
import type { PlannedResource, Provisioner, ResourceType, WantedResource } from "../provisioner.ts";

export interface LocalProvisionerOptions {
  /** Folders of artifacts and buckets are made below it. */
  readonly folder: string;
  /** May projects have schemas in the platform's own database? Only where it is the embedded one. */
  readonly database: boolean;
}

/** Resources of one machine: folders, a service account, a schema in the embedded database. */
export function createLocalProvisioner(options: LocalProvisionerOptions): Provisioner {
  const folderOf = ({ project, environment, type, name }: WantedResource) =>
    join(options.folder, project, environment, type, name);
  const types: ResourceType[] = [
    "artifacts",
    "identity",
    "quota",
    "bucket",
    ...(options.database ? (["postgres"] as const) : []),
  ];
  return {
    name: "local",
    types,
    plan: (wanted) => planned(wanted, folderOf(wanted)),

    async apply(ctx, wanted) {
      switch (wanted.type) {
        case "artifacts":
        case "bucket":
          await mkdir(folderOf(wanted), { recursive: true, mode: 0o700 });
          return;
        case "identity":
          return ensureIdentity(ctx, identityName(wanted));
        case "postgres":
          return ensureSchema(ctx, wanted);
        case "quota":
          // The row that says so is the quota.
          return;
      }
    },

    async undo(ctx, wanted) {
      if (wanted.type === "artifacts" || wanted.type === "bucket") await removeEmptyFolder(folderOf(wanted));
      if (wanted.type === "postgres") await dropEmptySchema(ctx, schemaName(wanted));
      // A principal is never removed, because the ledger names it; without tokens and roles it can do nothing.
    },
  };
}

function planned(wanted: WantedResource, folder: string): PlannedResource {
  const where = `${wanted.project} in ${wanted.environment}`;
  switch (wanted.type) {
    case "artifacts":
      return {
        title: `Make a place for artifacts of ${where}`,
        undo: "Removes the folder if it is empty",
        outputs: { path: folder },
      };
    case "bucket":
      return {
        title: `Make the bucket ${wanted.name} for ${where}`,
        undo: "Removes the folder if it is empty",
        outputs: { path: folder },
      };
    case "identity": {
      const principal = identityName(wanted);
      return {
        title: `Make the service account ${principal}`,
        undo: "Leaves the account without tokens and roles",
        outputs: { principal },
      };
    }
    case "quota": {
      const limits = Object.entries(wanted.limits).map(([name, limit]) => [name, String(limit)]);
      const text =
        limits.length === 0 ? "without limits" : limits.map(([name, limit]) => `${name} ${limit}`).join(", ");
      return {
        title: `Set the quota of ${where}: ${text}`,
        undo: "Restores the quota before",
        outputs: Object.fromEntries(limits),
      };
    }
    case "postgres": {
      const schema = schemaName(wanted);
      return {
        title: `Make the database schema ${schema} for ${where}`,
        undo: "Drops the schema if it is empty",
        outputs: { schema },
      };
    }
  }
}

/** Names have no dot, so no two pairs share an account. */
const identityName = ({ project, environment }: WantedResource): string => shortened(`${project}.${environment}`);

/** Names of projects and environments have no underscore, so no two wishes share a schema. */
const schemaName = ({ project, environment, name }: WantedResource): string =>
  shortened(`${project}_${environment}_${name}`);

/** PostgreSQL cuts names after 63 bytes without a word; ours are cut with a digest of the whole. */
const shortened = (name: string): string =>
  name.length <= 63 ? name : `${name.slice(0, 50)}-${digestOf(name).slice(7, 19)}`;

async function ensureIdentity(ctx: Ctx, name: string): Promise<void> {
  const principal = await ensurePrincipal(ctx, { kind: "service-account", name });
  if (principal.disabledAt === null) return;
  throw new PaveError(
    "access.conflict",
    `The service account ${name} is wanted, but there is a disabled one of that name`,
    {
      fix: "Rename that principal, or give the project another name.",
    },
  );
}

async function ensureSchema(ctx: Ctx, wanted: WantedResource): Promise<void> {
  const schema = sql.id(schemaName(wanted));
  await sql`create schema if not exists ${schema}`.execute(ctx.db);
  const comment = `Pave: ${wanted.name} of ${wanted.project} in ${wanted.environment}`;
  await sql`comment on schema ${schema} is ${sql.lit(comment)}`.execute(ctx.db);
}

async function dropEmptySchema(ctx: Ctx, name: string): Promise<void> {
  const holds = await sql<{ used: SqlBool }>`
    select exists (select 1 from pg_class join pg_namespace on pg_namespace.oid = pg_class.relnamespace where pg_namespace.nspname = ${name}) as used
  `.execute(ctx.db);
  if (holds.rows[0]?.used) return;
  await sql`drop schema if exists ${sql.id(name)} restrict`.execute(ctx.db);
}

async function removeEmptyFolder(path: string): Promise<void> {
  await rmdir(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT" && error.code !== "ENOTEMPTY") throw error;
  });
}
