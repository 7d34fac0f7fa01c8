import type { CommandResult } from "./commands.ts";

const traces =
  /^\s+at .+:\d+:\d+|Traceback \(most recent|node:internal|UnhandledPromise|Something went wrong on the server|\b50[0-9] /m;

/**
 * What a person saw and the exit code, on which a test can insist word by word: folders, ports, digests and times are
 * put in a neutral form. Throws when a stack trace or a failure of the server itself is among it.
 */
export function said(result: CommandResult, names: Readonly<Record<string, string>> = {}): string {
  const text = `${result.stdout}${result.stderr}`;
  if (traces.test(text)) throw new Error(`a trace of our own failure reached the user:\n${text}`);
  return `exit ${result.code}\n${neutral(text, names)}`.trimEnd();
}

export function neutral(text: string, names: Readonly<Record<string, string>> = {}): string {
  let shown = text;
  for (const [found, name] of Object.entries(names)) shown = shown.replaceAll(found, name);
  return (
    shown
      .replace(/http:\/\/127\.0\.0\.1:\d+/g, "<url>")
      .replace(/sha256:[0-9a-f]{12,64}/g, "<digest>")
      .replace(/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, "<id>")
      .replace(/\b\d{4}-\d\d-\d\dT[\d:.]+Z/g, "<time>")
      .replace(/hash [0-9a-f]{12}/g, "hash <hash>")
      .replace(/ +\d+\.\d s */g, "  <s>  ")
      .replace(/\b(revision|run|runs logs|runs show|runs cancel) \d+/g, "$1 <n>")
      .replace(/`trian`, which is none of .+?;/, "`trian`, which is none of <programs>;")
      .replace(/\(\d+ MiB when/g, "(<n> MiB when")
      .replace(/(?<=\S) {2,}/g, "  ")
      .replace(/ +$/gm, "")
      // which bounds held is the machine's
      .replace(/^.+ (?:not )?isolated(?:[:;].*)?\n/gm, "")
  );
}
