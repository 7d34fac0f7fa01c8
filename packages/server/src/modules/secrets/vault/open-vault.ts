import { randomBytes } from "node:crypto";
import { json } from "../../../db/column-types.ts";
import type { Ctx } from "../../../db/context.ts";
import { PaveError } from "../../../kernel/pave-error.ts";
import { commandKey } from "./key-command.ts";
import { addKeyToFile, makeKeyFile, readKeyFile } from "./key-file.ts";
import { type MasterKey, parseKey } from "./master-key.ts";
import { rewrapPlace, type SealedPlace } from "./rewrap-place.ts";
import { decrypt, encrypt, keyBytes, type Sealed } from "./sealed.ts";

/**
 * Seals values for the database. The master key is outside of it: in a file, in the environment or behind a command, so
 * a dump, a backup or a reader of the database learns nothing.
 */
export interface Vault {
  /** Seals under the newest master key. `context` names what it is for: project, name and version. */
  seal(plaintext: string, context: string): Promise<Sealed>;
  /** The value again. Throws `vault.locked` without its master key, `vault.damaged` with another context. */
  open(sealed: Sealed, context: string): Promise<string>;
  /** The same value, its data key wrapped by the newest master key. Does not read the value. */
  rewrap(sealed: Sealed): Promise<Sealed>;
  /**
   * Adds a master key where this server makes them itself (elsewhere the newest is what the settings say), and wraps
   * every data key anew by it. What was sealed is not read. Stopped in the middle, it goes on when called again.
   */
  rotate(ctx: Ctx): Promise<Rotation>;
  /** Told by whoever keeps sealed values, so that `rotate` finds them. */
  keeps(place: SealedPlace): void;
}

export interface Rotation {
  readonly masterKey: string;
  readonly isNew: boolean;
  /** How many values it wraps by now that another key did before. */
  readonly rewrapped: number;
}

export interface VaultOptions {
  /** A command that wraps and unwraps. */
  readonly command: readonly string[];
  /** A key in base64. */
  readonly key: string;
  /** Made at the first start when neither of the others is given. */
  readonly file: string;
}

const settingName = "vault-master-key";

/** Every source that is set opens; of these the command seals before the environment's key, and that before the file's. */
export async function openVault(ctx: Ctx, options: VaultOptions): Promise<Vault> {
  const outside = [
    ...(options.command.length > 0 ? [commandKey(options.command)] : []),
    ...(options.key ? [parseKey(options.key, "PAVE_MASTER_KEY")] : []),
  ];
  const isOwn = outside.length === 0;
  const known = await knownKey(ctx);
  let inFile = await readKeyFile(options.file);
  // Only a platform that never sealed anything gets a new key: a lost file must not be papered over.
  if (!inFile && isOwn && known === undefined) inFile = await makeKeyFile(options.file);
  let keys = [...outside, ...(inFile ?? [])];
  if (keys[0]) await noteKey(ctx, keys[0].id);

  const reread = async () => {
    keys = [...outside, ...((await readKeyFile(options.file)) ?? [])];
  };
  const lost = (id: string) =>
    new PaveError("vault.locked", `the master key ${id} is not on this server, so what it sealed cannot be opened`, {
      fix: `Restore ${options.file} from its copy or another server, or set PAVE_MASTER_KEY_FILE, PAVE_MASTER_KEY or PAVE_MASTER_KEY_COMMAND as it was`,
    });
  const keyOf = async (id: string): Promise<MasterKey> => {
    // Another server may have added a key to the file.
    if (!keys.some((key) => key.id === id)) await reread();
    const found = keys.find((key) => key.id === id);
    if (!found) throw lost(id);
    return found;
  };
  const newest = async (): Promise<MasterKey> => {
    const last = (await knownKey(ctx)) ?? known;
    if (isOwn && last !== undefined) return keyOf(last);
    const [key] = keys;
    if (!key) throw lost(last ?? "of this platform");
    return key;
  };
  const unwrap = async (sealed: Sealed) => {
    const key = await keyOf(sealed.masterKey);
    return key.unwrap(Buffer.from(sealed.dataKey, "base64")).catch((error: unknown) => {
      if (error instanceof PaveError) throw error;
      throw damaged(error);
    });
  };
  const places: SealedPlace[] = [];
  const vault: Vault = {
    async seal(plaintext, context) {
      const key = await newest();
      const dataKey = randomBytes(keyBytes);
      return {
        format: 1,
        masterKey: key.id,
        dataKey: (await key.wrap(dataKey)).toString("base64"),
        value: encrypt(dataKey, Buffer.from(plaintext), context).toString("base64"),
      };
    },
    async open(sealed, context) {
      const dataKey = await unwrap(sealed);
      try {
        return decrypt(dataKey, Buffer.from(sealed.value, "base64"), context).toString("utf8");
      } catch (error) {
        throw damaged(error);
      }
    },
    async rewrap(sealed) {
      const key = await newest();
      return { ...sealed, masterKey: key.id, dataKey: (await key.wrap(await unwrap(sealed))).toString("base64") };
    },
    async rotate(ctx) {
      const before = await newest();
      if (isOwn) keys = await addKeyToFile(options.file);
      const key = keys[0] ?? before;
      await setKey(ctx, key.id);
      let rewrapped = 0;
      for (const place of places) rewrapped += await rewrapPlace(ctx, place, key, vault.rewrap);
      return { masterKey: key.id, isNew: isOwn, rewrapped };
    },
    keeps: (place) => void places.push(place),
  };
  return vault;
}

const damaged = (cause: unknown) =>
  new PaveError("vault.damaged", "a sealed value does not open: it was changed, or belongs elsewhere", {
    fix: "Set the value again",
    cause,
  });

/** Id of the key that this platform seals with, for every server of it. */
async function knownKey(ctx: Ctx): Promise<string | undefined> {
  const row = await ctx.db
    .selectFrom("platform_settings")
    .select("value")
    .where("name", "=", settingName)
    .executeTakeFirst();
  return row?.value as string | undefined;
}

const noteKey = (ctx: Ctx, id: string) =>
  ctx.db
    .insertInto("platform_settings")
    .values({ name: settingName, value: json(id) })
    .onConflict((conflict) => conflict.column("name").doNothing())
    .execute();

const setKey = (ctx: Ctx, id: string) =>
  ctx.db
    .insertInto("platform_settings")
    .values({ name: settingName, value: json(id) })
    .onConflict((conflict) => conflict.column("name").doUpdateSet({ value: json(id) }))
    .execute();
