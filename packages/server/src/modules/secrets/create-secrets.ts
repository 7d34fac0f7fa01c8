import { type Ctx, inTransaction } from "../../db/context.ts";
import { createMasker, type Mask, type Masker, masksOf } from "../../kernel/masks.ts";
import { PaveError } from "../../kernel/pave-error.ts";
import { suggestion } from "../../kernel/spec/index.ts";
import { recordEvent } from "../ledger/index.ts";
import { findTaken, noteTaken } from "./attempt-secrets-store.ts";
import { assertSecretValue } from "./secret-value.ts";
import * as store from "./secrets-store.ts";
import { listSecrets, noteUse, type SecretRow } from "./secrets-store.ts";
import type { Vault } from "./vault/open-vault.ts";

/** For whom values are taken: they are noted, masked and told of by it. */
export interface TakingAttempt {
  readonly id: string;
  readonly number: number;
  readonly step: string;
  readonly projectId: string;
  readonly runId: string;
  readonly run: number;
  /** Whose own values come before those of no environment. */
  readonly environment: string | null;
  /** Name of who asked for the run. */
  readonly requestedBy: string;
}

export interface Secrets {
  set(ctx: Ctx, key: store.SecretKey & { readonly project: string }, value: string): Promise<SecretRow>;
  remove(ctx: Ctx, key: store.SecretKey): Promise<void>;
  list(ctx: Ctx, projectId: string): Promise<SecretRow[]>;
  /** The values that an attempt's process is given, by name. Each is told in the ledger, once for an attempt. */
  take(ctx: Ctx, attempt: TakingAttempt, names: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Masks whatever an attempt was given, in what it says. */
  maskerOf(ctx: Ctx, attemptId: string): Promise<Masker>;
  masksOf(ctx: Ctx, attemptId: string): Promise<Mask[]>;
  /** Told by others who hand values to attempts (`noteTaken`): gives the value of what was taken, for masking. */
  alsoMasks(find: (ctx: Ctx, secretId: string, version: number) => Promise<string | undefined>): void;
}

/** A value opens for its own place alone. */
const contextOf = (projectId: string, secret: Pick<SecretRow, "name" | "environment" | "version">): string =>
  JSON.stringify(["secret", projectId, secret.environment, secret.name, secret.version]);

export function createSecrets({ vault }: { readonly vault: Vault }): Secrets {
  vault.keeps({ table: "secret_versions", column: "sealed" });
  const others: ((ctx: Ctx, secretId: string, version: number) => Promise<string | undefined>)[] = [];

  const openSecret = async (ctx: Ctx, projectId: string, secret: SecretRow): Promise<string | undefined> => {
    const sealed = await store.findSealed(ctx, secret.id, secret.version);
    return sealed && vault.open(sealed, contextOf(projectId, secret));
  };

  const allMasks = async (ctx: Ctx, attemptId: string): Promise<Mask[]> => {
    const masks: Mask[] = [];
    for (const { secretId, name, version } of await findTaken(ctx, attemptId)) {
      const owner = await ctx.db
        .selectFrom("secrets")
        .select(["project_id as projectId", "environment"])
        .where("id", "=", secretId)
        .executeTakeFirst();
      const sealed = owner && (await store.findSealed(ctx, secretId, version));
      const value = sealed
        ? await vault.open(sealed, contextOf(owner.projectId, { name, environment: owner.environment, version }))
        : (await Promise.all(others.map((find) => find(ctx, secretId, version)))).find((found) => found !== undefined);
      if (value !== undefined) masks.push(...masksOf(name, value));
    }
    return masks;
  };

  return {
    async set(ctx, key, value) {
      assertSecretValue(value, `secret ${key.name}`);
      return inTransaction(ctx, async (ctx) => {
        const secret = await store.nextVersion(ctx, key);
        await store.insertVersion(ctx, secret, await vault.seal(value, contextOf(key.projectId, secret)));
        await recordEvent(ctx, { type: "secret.set", ...subjectOf(key.projectId, secret) });
        return secret;
      });
    },

    async remove(ctx, key) {
      await inTransaction(ctx, async (ctx) => {
        const secret = await store.lockSecret(ctx, key);
        if (!secret) throw notFound(key, await listSecrets(ctx, key.projectId));
        await store.deleteSecret(ctx, secret.id);
        await recordEvent(ctx, { type: "secret.removed", ...subjectOf(key.projectId, secret) });
      });
    },

    list: listSecrets,

    async take(ctx, attempt, names) {
      return inTransaction(ctx, async (ctx) => {
        const known = await listSecrets(ctx, attempt.projectId);
        const values = new Map<string, string>();
        for (const name of new Set(names)) {
          const secret = chooseSecret(known, name, attempt.environment);
          const value = secret && (await openSecret(ctx, attempt.projectId, secret));
          if (!secret || value === undefined) throw notFound({ name, environment: attempt.environment }, known);
          values.set(name, value);
          const { id: secretId, version } = secret;
          if (!(await noteTaken(ctx, attempt.id, { secretId, name, version }))) continue;
          await noteUse(ctx, secretId, attempt.run);
          const { data, ...subject } = subjectOf(attempt.projectId, secret);
          const { run, step, number, requestedBy } = attempt;
          await recordEvent(ctx, {
            ...{ type: "secret.used", ...subject, causeId: attempt.id },
            data: { ...data, run, step, attempt: number, requestedBy },
          });
        }
        return values;
      });
    },

    masksOf: allMasks,
    maskerOf: async (ctx, attemptId) => createMasker(await allMasks(ctx, attemptId)),
    alsoMasks: (find) => void others.push(find),
  };
}

/** The environment's own value, else the one for every run. */
export const chooseSecret = <S extends Pick<SecretRow, "name" | "environment">>(
  known: readonly S[],
  name: string,
  environment: string | null,
): S | undefined =>
  known.find((secret) => secret.name === name && secret.environment === environment) ??
  known.find((secret) => secret.name === name && secret.environment === null);

const subjectOf = (projectId: string, { id, name, environment, version }: SecretRow) => ({
  subjectType: "secret",
  subjectId: id,
  projectId,
  data: { name, environment, version },
});

function notFound(
  { name, environment }: Pick<store.SecretKey, "name" | "environment">,
  known: readonly SecretRow[],
): PaveError {
  const where = environment === null ? "" : ` for the environment ${environment}`;
  const of = known.filter((secret) => secret.name === name).map((secret) => secret.environment ?? "every environment");
  const there = of.length > 0 ? `; it has a value for ${of.join(", ")}` : "";
  return new PaveError(
    "secret.not_found",
    `There is no secret ${name}${where}${there}${
      of.length > 0
        ? ""
        : suggestion(
            name,
            known.map((secret) => secret.name),
          )
    }`,
    {
      fix: `Set it with \`pave secrets set ${name}${environment === null ? "" : ` --environment ${environment}`}\`, or see what there is with \`pave secrets list\``,
    },
  );
}
