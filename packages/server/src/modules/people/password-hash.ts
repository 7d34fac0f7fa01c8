import { argon2, randomBytes, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";

const derive = promisify(argon2);

/** What OWASP asks of argon2id: 19 MiB, two passes, one lane. About 50 ms of one core. */
const parameters = { memory: 19_456, passes: 2, parallelism: 1 } as const;
const tagLength = 32;

/** The hash of a password with its salt and parameters, as a PHC string: `$argon2id$v=19$m=19456,t=2,p=1$salt$tag`. */
export async function hashPassword(password: string): Promise<string> {
  const nonce = randomBytes(16);
  const tag = await derive("argon2id", { message: normal(password), nonce, tagLength, ...parameters });
  return `$argon2id$v=19$${parameterText}$${base64(nonce)}$${base64(tag)}`;
}

/**
 * Is it this password? Without a hash, because there is no such account or it has no password, the same work is done
 * and the answer is no: the time tells nothing.
 */
export async function verifyPassword(password: string, hash: string | undefined): Promise<boolean> {
  const known = hash === undefined ? undefined : parse(hash);
  const tag = await derive("argon2id", { message: normal(password), ...(known?.options ?? nobodys) });
  return known !== undefined && timingSafeEqual(tag, known.tag);
}

/** Made with other parameters than those of today: hash again when the password is at hand. */
export const isOutdated = (hash: string): boolean => !hash.startsWith(`$argon2id$v=19$${parameterText}$`);

/** The same letters typed on another system are the same password. */
const normal = (password: string): string => password.normalize("NFKC");

const parameterText = `m=${parameters.memory},t=${parameters.passes},p=${parameters.parallelism}`;
const nobodys = { nonce: randomBytes(16), tagLength, ...parameters };
const base64 = (bytes: Buffer): string => bytes.toString("base64").replace(/=+$/, "");

function parse(hash: string) {
  const match = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([^$]+)\$([^$]+)$/.exec(hash);
  if (!match) throw new Error("A stored password hash is not in the PHC format of argon2id");
  const [, memory, passes, parallelism, nonce = "", tag = ""] = match;
  const bytes = Buffer.from(tag, "base64");
  return {
    tag: bytes,
    options: {
      nonce: Buffer.from(nonce, "base64"),
      tagLength: bytes.byteLength,
      memory: Number(memory),
      passes: Number(passes),
      parallelism: Number(parallelism),
    },
  };
}
