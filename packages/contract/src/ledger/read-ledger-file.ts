import { genesisHash, sealHash } from "./ledger-event.ts";
import { type CheckpointLine, type EndLine, type LedgerEventLine, readLedgerLine } from "./ledger-line.ts";
import { type SigningKey, signingKey } from "./signing-key.ts";

export interface LedgerFinding {
  readonly kind: "edited" | "gap" | "reordered" | "cut" | "forked" | "unsigned" | "bad-signature" | "unreadable";
  readonly position: number | null;
  readonly message: string;
}

/** What a file says, and what is wrong with it before any signature is looked at. */
export interface LedgerFile {
  hasHeader: boolean;
  key: SigningKey | undefined;
  events: number;
  /** Position of the last event. */
  last: number;
  head: string;
  /** The chain's hash after each position. */
  readonly hashes: Map<number, string>;
  readonly checkpoints: CheckpointLine[];
  end: EndLine | undefined;
  readonly findings: LedgerFinding[];
}

const order = { header: 0, event: 1, checkpoint: 2, end: 3 } as const;

export function readLedgerFile(lines: Iterable<string>): LedgerFile {
  const file: LedgerFile = {
    hasHeader: false,
    key: undefined,
    events: 0,
    last: 0,
    head: genesisHash,
    hashes: new Map([[0, genesisHash]]),
    checkpoints: [],
    end: undefined,
    findings: [],
  };
  const find = (kind: LedgerFinding["kind"], position: number | null, message: string) =>
    file.findings.push({ kind, position, message });
  const follow = followChain(file, find);
  let number = 0;
  let stage: number = order.header;
  for (const text of lines) {
    number += 1;
    const line = readLedgerLine(text);
    if (line === undefined) {
      find("unreadable", null, `line ${number} is not as \`pave ledger export\` writes it`);
      follow.skip();
      continue;
    }
    const isOnce = line.kind === "header" || line.kind === "end";
    if (order[line.kind] < stage || (isOnce && (line.kind === "end" ? file.end : file.hasHeader)))
      find("reordered", null, `line ${number}: a line of kind ${line.kind} does not belong there`);
    stage = Math.max(stage, order[line.kind]);
    if (line.kind === "event") follow.next(line);
    else if (line.kind === "end") file.end ??= line;
    else if (line.kind === "checkpoint") {
      if (line.position <= (file.checkpoints.at(-1)?.position ?? 0))
        find(
          "reordered",
          line.position,
          `line ${number}: the checkpoint at event ${line.position} does not belong there`,
        );
      file.checkpoints.push(line);
    } else if (!file.hasHeader) {
      file.hasHeader = true;
      file.key = signingKey(line.publicKey);
    }
  }
  if (number === 0) find("cut", null, "the file is empty");
  return file;
}

type Find = (kind: LedgerFinding["kind"], position: number | null, message: string) => void;

/** Goes along the chain with the recorded hashes, so that each single change is found and not all that follow it. */
function followChain(file: LedgerFile, find: Find) {
  const seen = new Set<string>();
  /** Lines that could not be read since the last event: each may have been one. */
  let skipped = 0;
  return {
    skip() {
      skipped += 1;
    },
    next({ position, hash, event }: LedgerEventLine) {
      const expected = file.last + 1;
      const isNext = position === expected && skipped === 0;
      if (position < expected) find("reordered", position, `expected event ${expected}, found event ${position}`);
      if (position > expected + skipped) find("gap", expected, `expected event ${expected}, found event ${position}`);
      if (seen.has(event.id)) find("reordered", position, `event ${event.id} stands twice`);
      if (isNext && sealHash(file.head, position, event) !== hash)
        find(
          "edited",
          position,
          `event ${position} (${event.type}) or one before it was changed: its hash does not match`,
        );
      seen.add(event.id);
      skipped = 0;
      file.events += 1;
      file.last = position;
      file.head = hash;
      file.hashes.set(position, hash);
    },
  };
}
