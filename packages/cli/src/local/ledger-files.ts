import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type LedgerLine, readLedgerLine, type SigningKey, signingKey } from "@pave/contract/ledger";
import { CliError } from "../command.ts";
import { dataFolder } from "../connection.ts";

/** The lines of a file, one after the other: a ledger may be longer than a text can be. */
export interface Lines extends Iterable<string> {
  readonly last: string;
}

export async function readLines(path: string, shown: string): Promise<Lines> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw new CliError(`${shown}: ${error.code === "ENOENT" ? "there is no such file" : error.message}`, {
      fix: "Name a file that `pave ledger export` wrote.",
    });
  });
  const end = bytes.at(-1) === newline ? bytes.length - 1 : bytes.length;
  return {
    last: bytes.subarray(bytes.lastIndexOf(newline, end - 1) + 1, end).toString(),
    *[Symbol.iterator]() {
      for (let from = 0; from < bytes.length; ) {
        const at = bytes.indexOf(newline, from);
        const to = at < 0 ? bytes.length : at;
        yield bytes.subarray(from, to).toString();
        from = to + 1;
      }
    },
  };
}

const newline = 0x0a;

/** The key that a person says is the platform's. */
export async function readKey(path: string, shown: string): Promise<SigningKey> {
  const key = signingKey(await readFile(path, "utf8").catch(() => ""));
  if (key) return key;
  throw new CliError(`${shown}: expected an Ed25519 public key as PEM`, {
    fix: "A platform tells its own: `pave ledger status --json | jq -r .publicKey`.",
  });
}

interface Checkpoint {
  readonly name: string;
  readonly lines: readonly string[];
  readonly key: SigningKey | undefined;
  readonly time: string;
}

/** The key of the platform that keeps its data on this machine. */
export async function localKey(): Promise<SigningKey | undefined> {
  const own = await readFile(join(dataFolder(), "ledger-key.pem"), "utf8").catch(() => undefined);
  if (own !== undefined) return signingKey(own);
  for await (const { key } of localCheckpoints()) return key;
  return undefined;
}

/** The newest checkpoint that this machine's platform had signed with that key by that time. */
export async function localWitness(key: SigningKey | undefined, until: string): Promise<Checkpoint | undefined> {
  if (!key) return undefined;
  for await (const checkpoint of localCheckpoints())
    if (checkpoint.key?.id === key.id && checkpoint.time <= until) return checkpoint;
  return undefined;
}

/** When the export was made, if it says so; else now. */
export function exportTime({ last }: Lines): string {
  const end = readLedgerLine(last);
  return end?.kind === "end" ? end.time : new Date().toISOString();
}

/** Newest first. */
async function* localCheckpoints(): AsyncGenerator<Checkpoint> {
  const folder = join(dataFolder(), "artifacts", "ledger");
  const names = await readdir(folder).catch(() => []);
  for (const name of names
    .filter((name) => /^checkpoint-\d+\.jsonl$/.test(name))
    .sort()
    .reverse()) {
    const lines = (await readFile(join(folder, name), "utf8").catch(() => "")).split("\n");
    const [header, checkpoint] = lines.map(readLedgerLine) as (LedgerLine | undefined)[];
    if (header?.kind === "header" && checkpoint?.kind === "checkpoint")
      yield { name, lines, key: signingKey(header.publicKey), time: checkpoint.time };
  }
}
