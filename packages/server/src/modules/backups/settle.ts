import { join } from "node:path";
import type pg from "pg";
import { systemActor } from "../../kernel/actor.ts";
import { newId } from "../../kernel/ids.ts";
import type { Manifest } from "./manifest.ts";

/**
 * What a restored platform begins with, in the transaction that loads it. Whoever was signed in signs in again; tokens
 * stay good, so that CI and machines go on. Work that was under way is left to its leases, which are over: the ordinary
 * rules for a lost runner apply. A canary's share was a lease of gateways that are gone, so all traffic is stable's.
 */
export async function settleRestored(client: pg.Client, manifest: Manifest, lost: Lost): Promise<void> {
  await client.query("update tokens set revoked_at = now() where kind in ('session', 'link') and revoked_at is null");
  // sign-ins that stood at a provider or a terminal, and guesses that were counted, are of another moment
  for (const table of ["oidc_sign_ins", "terminal_requests", "access_attempts"])
    await client.query(`delete from ${table}`);
  await client.query("update work set lease_until = now() where state = 'leased'");
  // gateways that know an older configuration must not take theirs for the newer one
  await client.query("update gateway_config set version = version + 1");
  if (lost.store !== null)
    for (const table of ["blobs", "request_log_files"])
      await client.query(`update ${table} set store = $1 where store <> $1`, [lost.store]);
  if (lost.digests.length > 0)
    await client.query("update blobs set verified_at = null where digest = any($1::text[])", [
      lost.digests.map((hex) => `sha256:${hex}`),
    ]);
  if (lost.logKeys.length > 0)
    await client.query("delete from request_log_files where key = any($1::text[])", [lost.logKeys]);
  // what lies in projects' buckets moved with the data folder
  await client.query(
    `update resources set outputs = jsonb_set(outputs, '{path}', to_jsonb($1::text || regexp_replace(outputs->>'path', '^.*/resources/', '')))
     where outputs->>'path' like '%/resources/%'`,
    [join(lost.dataFolder, "resources", "/")],
  );
  for (const { name, comment } of manifest.database.schemas) {
    await client.query(`create schema if not exists ${client.escapeIdentifier(name)}`);
    await client.query(`comment on schema ${client.escapeIdentifier(name)} is ${client.escapeLiteral(comment)}`);
  }
  await client.query(
    `insert into ledger_events (id, time, type, principal_id, principal_kind, principal_name, actor_kind, subject_type, subject_id, data)
     values ($1, now(), 'platform.restored', $2, $3, $4, $5, 'backup', $6, $7)`,
    [
      ...[newId(), systemActor.principalId, systemActor.kind, systemActor.name, systemActor.actorKind],
      ...[manifest.id, JSON.stringify({ backupOf: manifest.startedAt, position: manifest.ledger.position })],
    ],
  );
  await client.query(
    `insert into platform_settings (name, value) values ('restored-from', $1::jsonb)
     on conflict (name) do update set value = excluded.value, updated_at = now()`,
    [JSON.stringify({ backup: manifest.id, at: new Date().toISOString() })],
  );
}

/** What the backup says was lost before it was made, and where files lie now. */
export interface Lost {
  readonly dataFolder: string;
  /** The store that all bytes were put into, whichever they came from; null where none were. */
  readonly store: string | null;
  readonly digests: readonly string[];
  readonly logKeys: readonly string[];
}
