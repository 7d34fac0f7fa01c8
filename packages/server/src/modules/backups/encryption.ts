import { readFile } from "node:fs/promises";
import { messageOf, PaveError } from "../../kernel/pave-error.ts";

/*
 * The age format (age-encryption.org/v1), so that a backup can be opened with any age program. Everything is encrypted
 * for one recipient. With a passphrase that recipient's identity is made here, and lies beside the backup encrypted with
 * the passphrase: scrypt is asked once, not for each of thousands of files, and later backups need only the recipient.
 * age encrypts in chunks of 64 KiB, the last one marked: what is cut or reordered does not open.
 */
export type Sealer = (plain: ReadableStream<Uint8Array>) => Promise<ReadableStream<Uint8Array>>;
export type Opener = (sealed: ReadableStream<Uint8Array>) => Promise<ReadableStream<Uint8Array>>;

export interface Encryption {
  readonly recipient: string;
  readonly seal: Sealer;
  /** The identity of the recipient under the passphrase, where there is one. */
  readonly wrappedKey: Uint8Array | null;
}

export interface EncryptionOptions {
  readonly recipient?: string | undefined;
  readonly passphraseFile?: string | undefined;
}

/** Undefined where nothing is asked for. `known` is the recipient and key that a passphrase was given before, to go on with. */
export async function prepareEncryption(
  options: EncryptionOptions,
  known?: { readonly recipient: string; readonly wrappedKey: Uint8Array },
): Promise<Encryption | undefined> {
  const { recipient, passphraseFile } = options;
  if (recipient && passphraseFile)
    throw new PaveError("request.invalid", "Expected a recipient or a passphrase, found both", {
      fix: "Leave one of them out",
    });
  if (recipient) return { recipient, seal: await sealerFor(recipient), wrappedKey: null };
  if (!passphraseFile) return undefined;
  const passphrase = await readPassphrase(passphraseFile);
  if (known && (await unwrapKey(known.wrappedKey, passphrase)) !== undefined)
    return { ...known, seal: await sealerFor(known.recipient) };
  const { Encrypter, generateX25519Identity, identityToRecipient } = await age();
  const identity = await generateX25519Identity();
  const encrypter = new Encrypter();
  encrypter.setPassphrase(passphrase);
  const made = await identityToRecipient(identity);
  return { recipient: made, seal: await sealerFor(made), wrappedKey: await encrypter.encrypt(identity) };
}

/** Asked for when it is needed: it takes a tenth of a second that no start should wait for. */
const age = () => import("age-encryption");

async function sealerFor(recipient: string): Promise<Sealer> {
  const { Encrypter } = await age();
  const encrypter = new Encrypter();
  try {
    encrypter.addRecipient(recipient);
  } catch (error) {
    throw new PaveError(
      "request.invalid",
      `Expected a recipient of age such as age1…, found ${JSON.stringify(recipient.slice(0, 80))}: ${messageOf(error)}`,
      {
        fix: "Make a pair with `age-keygen -o key.txt` and give its public key",
        cause: error,
      },
    );
  }
  return (plain) => encrypter.encrypt(plain);
}

/** What opens an encrypted backup: a file with an identity of age, or with the passphrase. */
export interface KeyFiles {
  readonly identityFile?: string | undefined;
  readonly passphraseFile?: string | undefined;
}

export async function openerFor(
  encryption: { readonly recipient: string; readonly passphrase: boolean },
  wrappedKey: Uint8Array | null,
  keys: KeyFiles,
): Promise<Opener> {
  const identity = await findIdentity(encryption, wrappedKey, keys);
  const { Decrypter } = await age();
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  return (sealed) => decrypter.decrypt(sealed);
}

async function findIdentity(
  { recipient, passphrase }: { readonly recipient: string; readonly passphrase: boolean },
  wrappedKey: Uint8Array | null,
  { identityFile, passphraseFile }: KeyFiles,
): Promise<string> {
  const needed = passphrase
    ? "its passphrase: --passphrase-file FILE"
    : `the identity of ${recipient}: --identity-file FILE`;
  if (identityFile) {
    const { identityToRecipient } = await age();
    for (const identity of await readIdentities(identityFile))
      if ((await identityToRecipient(identity).catch(() => "")) === recipient) return identity;
    throw notDecrypted(`${identityFile} has no identity of ${recipient}, for which the backup is encrypted`, needed);
  }
  if (!passphraseFile) throw notDecrypted("The backup is encrypted, and no key was given", needed);
  if (!wrappedKey) throw notDecrypted("The backup is encrypted for a recipient; a passphrase does not open it", needed);
  const identity = await unwrapKey(wrappedKey, await readPassphrase(passphraseFile));
  if (identity === undefined)
    throw notDecrypted(`The passphrase in ${passphraseFile} does not open the backup`, needed);
  return identity;
}

const notDecrypted = (found: string, needed: string): PaveError =>
  new PaveError("backup.not_decrypted", found, { fix: `Nothing was changed. It needs ${needed}` });

async function unwrapKey(wrappedKey: Uint8Array, passphrase: string): Promise<string | undefined> {
  const { Decrypter } = await age();
  const decrypter = new Decrypter();
  decrypter.addPassphrase(passphrase);
  return decrypter.decrypt(wrappedKey, "text").catch(() => undefined);
}

/** Without the line's end, which editors add; the rest counts as it stands. */
async function readPassphrase(path: string): Promise<string> {
  const text = (await readKeyFile(path)).replace(/\r?\n$/, "");
  if (text.length >= 12) return text;
  throw new PaveError(
    "request.invalid",
    `${path}: expected a passphrase of at least 12 characters, found ${text.length}`,
    {
      fix: "Use some random words: who has the backup may try as many as they like",
    },
  );
}

const readIdentities = async (path: string): Promise<string[]> =>
  (await readKeyFile(path))
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line.startsWith("AGE-SECRET-KEY-"));

const readKeyFile = (path: string): Promise<string> =>
  readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw new PaveError(
      "request.invalid",
      `${path} cannot be read: ${error.code === "ENOENT" ? "there is no such file" : messageOf(error)}`,
      {
        fix: "Name a file that holds the key or passphrase",
      },
    );
  });
