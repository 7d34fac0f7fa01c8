import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { CopyContext } from "./copy-context.ts";
import { copyFiles } from "./copy-files.ts";
import { localPlace } from "./file-places.ts";
import { createTally } from "./tally.ts";
import type { Target } from "./target.ts";

let folder: string;
const large = "same bytes in many runs\n".repeat(10_000);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "pave-copy-"));
  await mkdir(join(folder, "deep"));
  for (const [path, content] of [
    ["deep/known.bin", large],
    ["new.bin", `${large}!`],
    ["small.txt", "small"],
  ] as const)
    await writeFile(join(folder, path), content);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const digestOf = (content: string) => `sha256:${createHash("sha256").update(content).digest("hex")}`;

/** A project that has the bytes of some digests. */
async function copyTo(known: readonly string[], place = localPlace(folder)) {
  const sent: Record<string, string> = {};
  const named: string[] = [];
  const tally = createTally();
  const target: Pick<Target, "call" | "putFile"> = {
    async call(name: string, { body }: { body?: unknown }) {
      expect(name).toBe("nameImportedFile");
      const { path, digest, size } = body as { path: string; digest: string; size: number };
      expect(size).toBe(path === "new.bin" ? large.length + 1 : large.length);
      if (known.includes(digest)) named.push(path);
      return { isHere: known.includes(digest) } as never;
    },
    async putFile({ path }, bytes) {
      sent[path] = await text(bytes as ReadableStream<Uint8Array>);
    },
  };
  const context = {
    target,
    tally,
    progress: { step() {} },
    signal: new AbortController().signal,
    incomplete: new Set(),
  };
  const isWhole = await copyFiles(context as unknown as CopyContext, {
    root: "run/1",
    place,
    what: "run 1",
    isNew: true,
  });
  return { isWhole, named, sent, files: tally.report().counts.files };
}

test("bytes on this disk that the project has are named, all others are sent", async () => {
  expect(await copyTo([digestOf(large), digestOf("small")])).toEqual({
    ...{ isWhole: true, named: ["deep/known.bin"], sent: { "new.bin": `${large}!`, "small.txt": "small" } },
    files: { copied: 3, there: 0, changed: 0, skipped: 0 },
  });
});

test("what can be read only once is sent without asking", async () => {
  const { digest: _, ...once } = localPlace(folder);
  const { named, sent } = await copyTo([digestOf(large)], once);
  expect({ named, sent: Object.keys(sent).sort() }).toEqual({
    named: [],
    sent: ["deep/known.bin", "new.bin", "small.txt"],
  });
});
