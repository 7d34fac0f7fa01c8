import { spawn } from "node:child_process";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { builtPave } from "./built-pave.ts";

/** A fenced block of a page: `sh` is run, one that names a file (```python file=train.py) is written first. */
interface Block {
  readonly language: string;
  /** The rest of the line after the language. */
  readonly info: string;
  readonly text: string;
  /** Of its first line in the page. */
  readonly line: number;
}

export interface PageRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Line of the page where the block begins that was run last. */
  readonly line: number;
}

const mark = "── line ";

export function blocksOf(markdown: string): Block[] {
  const blocks = markdown.matchAll(/^```(\w+)[ \t]*(.*)\n([\s\S]*?)^```$/gm);
  return [...blocks].map(({ index, 1: language = "", 2: info = "", 3: text = "" }) => ({
    language,
    info,
    text,
    line: markdown.slice(0, index).split("\n").length + 1,
  }));
}

/**
 * Runs a page of the docs as somebody would who types all of it: its `sh` blocks one after the other in one shell,
 * which ends at the first command that fails. Blocks marked `skip` are for a person's eyes: they open a browser, or
 * would end the platform.
 */
export async function runPage(
  markdown: string,
  { folder, environment }: { readonly folder: string; readonly environment: Readonly<Record<string, string>> },
): Promise<PageRun> {
  const blocks = blocksOf(markdown);
  const bin = `${folder}.bin`;
  await mkdir(bin, { recursive: true });
  await writeFile(join(bin, "pave"), `#!/bin/sh\nexec "${process.execPath}" "${await builtPave()}" "$@"\n`);
  await chmod(join(bin, "pave"), 0o755);
  for (const { info, text } of blocks) {
    const file = /(?:^|\s)file=(\S+)/.exec(info)?.[1];
    if (file === undefined) continue;
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), text);
  }
  const commands = blocks.filter(({ language, info }) => language === "sh" && !/\bskip\b/.test(info));
  const script = commands.map(({ text, line }) => `echo "${mark}${line}" >&2\n${text}`).join("\n");
  const child = spawn("bash", ["-euo", "pipefail", "-c", script], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...environment, PATH: `${bin}:${process.env.PATH ?? ""}`, NO_COLOR: "1" },
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => {
    stdout += String(chunk);
  });
  child.stderr.on("data", (chunk: Buffer) => {
    stderr += String(chunk);
  });
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  const line = Number(stderr.split(mark).at(-1)?.split("\n")[0] ?? 0);
  return { code, stdout, stderr, line };
}
