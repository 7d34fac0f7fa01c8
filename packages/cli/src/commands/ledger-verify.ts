import { resolve } from "node:path";
import { counted } from "@pave/contract";
import { type LedgerReport, readLedgerLine, verifyLedger } from "@pave/contract/ledger";
import { CliError, type Command, exitCodes, list, text } from "../command.ts";
import { exportTime, type Lines, localKey, localWitness, readKey, readLines } from "../local/ledger-files.ts";
import { colors } from "../output.ts";

export const ledgerVerify: Command = {
  name: "ledger verify",
  summary: "check an exported ledger offline: edits, gaps, reordering, a cut tail, another key",
  arguments: [{ name: "<file>", help: "what `pave ledger export` wrote" }],
  options: [
    {
      flags: "--checkpoint <file>",
      help: "a checkpoint kept elsewhere, which the file must reach (default: the newest in PAVE_HOME that is no newer than the file)",
      repeatable: true,
    },
    { flags: "--key <file>", help: "the platform's public key, as PEM (default: the one in PAVE_HOME)" },
  ],
  examples: [
    "pave ledger verify ledger.jsonl",
    "pave ledger verify ledger.jsonl --key platform.pem --checkpoint checkpoint-000000000120.jsonl",
  ],
  async run(context, [file = ""], options) {
    const lines = await readLines(resolve(context.folder, file), file);
    const given = text(options.key);
    const key =
      given === undefined ? await localKey() : await readKey(resolve(context.folder, given), `--key ${given}`);
    const named = list(options.checkpoint);
    const local = named.length > 0 ? undefined : await localWitness(key, exportTime(lines));
    const witness = local?.lines ?? (await checkpointLines(context.folder, named));
    const report = verifyLedger(lines, { witness, trustedKey: key });
    const data = { ...report, witness: local ? [local.name] : named };
    if (report.ok) return { data, text: describeWhole(report, data.witness) };
    return { data, text: describeFindings(report, given === undefined), exitCode: exitCodes.failed };
  },
};

async function checkpointLines(folder: string, paths: readonly string[]): Promise<string[]> {
  const files = await Promise.all(
    paths.map(async (path) => {
      const lines = await readLines(resolve(folder, path), `--checkpoint ${path}`);
      if (hasCheckpoint(lines)) return [...lines];
      throw new CliError(`--checkpoint ${path}: there is no checkpoint in it`, {
        fix: "Name a file that the platform wrote into artifacts/ledger of its data folder.",
      });
    }),
  );
  return files.flat();
}

function hasCheckpoint(lines: Lines): boolean {
  for (const line of lines) if (readLedgerLine(line)?.kind === "checkpoint") return true;
  return false;
}

function describeWhole(report: LedgerReport, witness: readonly string[]): string {
  const what = `${counted(report.events, "event")} and ${counted(report.checkpoints, "checkpoint")}`;
  const until = `up to ${report.time ?? "an unknown time"}, head ${report.head.slice(7, 19)}`;
  if (report.trustedKeyId === null)
    return [
      `${colors.yellow("!")} ${what} are consistent in themselves, ${until}`,
      `  Signed by the key ${report.keyId ?? ""}, which nothing here vouches for: whoever wrote the file may have made it.`,
      colors.dim("  Give the platform's public key with --key."),
    ].join("\n");
  return [
    `${colors.green("✔")} ${what} are whole, ${until}`,
    colors.dim(`  Signed by the platform's key ${report.keyId?.slice(0, 12) ?? ""}`),
    ...witness.map((name) => colors.dim(`  Reaches ${name}`)),
  ].join("\n");
}

function describeFindings(report: LedgerReport, isLocalKey: boolean): string {
  const shown = report.findings.slice(0, 50);
  const more = report.findings.length - shown.length;
  const isOtherKey = isLocalKey && report.trustedKeyId !== null && ![null, report.trustedKeyId].includes(report.keyId);
  return [
    `${colors.red("✖")} ${counted(report.findings.length, "finding")} in ${counted(report.events, "event")}`,
    ...shown.map((finding) => `  ${colors.red(finding.kind)}  ${finding.message}`),
    ...(more > 0 ? [colors.dim(`  … and ${more} more`)] : []),
    ...(isOtherKey ? [colors.dim("  A ledger of another platform needs that platform's public key: --key FILE.")] : []),
  ].join("\n");
}
