import { counted } from "../counted.ts";
import { checkpointText, endText } from "./ledger-event.ts";
import { type CheckpointLine, type EndLine, readLedgerLine } from "./ledger-line.ts";
import { type LedgerFile, type LedgerFinding, readLedgerFile } from "./read-ledger-file.ts";
import type { SigningKey } from "./signing-key.ts";

export interface LedgerReport {
  readonly ok: boolean;
  readonly events: number;
  readonly checkpoints: number;
  readonly head: string;
  /** When it was exported, as its signed end says. */
  readonly time: string | null;
  /** The key that the file names, and the one it was held against: without one, who wrote the file may have made its key. */
  readonly keyId: string | null;
  readonly trustedKeyId: string | null;
  readonly findings: readonly LedgerFinding[];
}

/**
 * Checks an exported chain without any server. `witness` are lines of checkpoints from elsewhere (the artifact store, a
 * mail, a notary): only they can show that an older export is shown as the newest. `trustedKey` pins the public key.
 */
export function verifyLedger(
  lines: Iterable<string>,
  options: { witness?: Iterable<string>; trustedKey?: SigningKey | undefined } = {},
): LedgerReport {
  const file = readLedgerFile(lines);
  const trusted = options.trustedKey;
  const key = trusted ?? file.key;
  const witness = [...(options.witness ?? [])].map(readLedgerLine).filter((line) => line?.kind === "checkpoint");
  const signed: Signed[] = [...file.checkpoints, ...(file.end ? [file.end] : []), ...witness];
  const good = new Set(signed.filter((line) => isSigned(line, key)));
  const findings = [
    ...file.findings,
    ...checkKeys(file, trusted),
    ...(key ? checkSignatures(signed, good, key) : []),
    ...checkEnd(file, good),
    ...checkCheckpoints(file, good),
  ];
  return {
    ok: findings.length === 0,
    events: file.events,
    checkpoints: file.checkpoints.length,
    head: file.head,
    time: file.end?.time ?? null,
    keyId: file.key?.id ?? null,
    trustedKeyId: trusted?.id ?? null,
    findings,
  };
}

type Signed = CheckpointLine | EndLine;

const isSigned = (line: Signed, key: SigningKey | undefined): boolean =>
  key !== undefined &&
  line.keyId === key.id &&
  key.signed(line.kind === "end" ? endText(line) : checkpointText(line), line.signature);

const positionOf = (line: Signed): number => (line.kind === "end" ? line.events : line.position);
const nameOf = (line: Signed): string =>
  line.kind === "end" ? "the end of the file" : `the checkpoint at event ${line.position}`;

function checkKeys(file: LedgerFile, trusted: SigningKey | undefined): LedgerFinding[] {
  const one = (kind: LedgerFinding["kind"], message: string) => [{ kind, position: null, message }];
  if (!file.hasHeader) return one("cut", "the file has no header with its public key");
  if (!file.key) return one("unreadable", "the header's public key is no Ed25519 key as PEM");
  if (trusted && trusted.id !== file.key.id)
    return one("bad-signature", `the file names the key ${file.key.id}; the trusted one is ${trusted.id}`);
  return [];
}

/** Another key is one finding, however much it signed. */
function checkSignatures(lines: readonly Signed[], good: ReadonlySet<Signed>, key: SigningKey): LedgerFinding[] {
  const findings: LedgerFinding[] = [];
  const byOthers = Map.groupBy(
    lines.filter(({ keyId }) => keyId !== key.id),
    ({ keyId }) => keyId,
  );
  for (const [keyId, [first, ...rest]] of byOthers) {
    if (!first) continue;
    const names = rest.length === 0 ? `${nameOf(first)} is` : `${nameOf(first)} and ${rest.length} more are`;
    const message = `${names} signed by the key ${keyId}, not by ${key.id}`;
    findings.push({ kind: "bad-signature", position: positionOf(first), message });
  }
  for (const line of lines) {
    if (line.keyId !== key.id || good.has(line)) continue;
    const message = `${nameOf(line)} is not signed by the key that it names`;
    findings.push({ kind: "bad-signature", position: positionOf(line), message });
  }
  return findings;
}

function checkEnd(file: LedgerFile, good: ReadonlySet<Signed>): LedgerFinding[] {
  const { end, last } = file;
  const findings: LedgerFinding[] = [];
  const find = (kind: LedgerFinding["kind"], position: number | null, message: string) =>
    findings.push({ kind, position, message });
  if (!end) find("cut", last, "the file has no end: its tail was cut, or an older Pave wrote it; export it anew");
  const covered = [...good].reduce((most, line) => Math.max(most, positionOf(line)), 0);
  if (last > covered) find("unsigned", covered + 1, `no good signature covers the events ${covered + 1} to ${last}`);
  if (!end || !good.has(end)) return findings;
  if (end.events > last)
    find(
      "cut",
      last + 1,
      `${counted(end.events, "event was", "events were")} exported, the file ends at event ${last}: its tail was cut`,
    );
  else if (file.hashes.get(end.events) !== end.head)
    find("forked", end.events, `the chain up to event ${end.events} is not the one that was exported`);
  if (end.checkpoints !== file.checkpoints.length)
    find(
      "cut",
      null,
      `${counted(end.checkpoints, "checkpoint was", "checkpoints were")} exported, the file has ${file.checkpoints.length}`,
    );
  return findings;
}

/** Those of the file, and those kept elsewhere. */
function checkCheckpoints(file: LedgerFile, good: ReadonlySet<Signed>): LedgerFinding[] {
  return [...good].flatMap((line): LedgerFinding[] => {
    if (line.kind === "end") return [];
    const { position } = line;
    const hash = file.hashes.get(position);
    if (hash !== undefined && hash !== line.hash) {
      const message = `the chain up to event ${position} is not the one that was signed then`;
      return [{ kind: "forked", position, message }];
    }
    if (position <= file.last) return [];
    const message = `a checkpoint was signed at event ${position}, but the chain has no such event: its tail was cut, or it was exported before`;
    return [{ kind: "cut", position, message }];
  });
}
