import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkpointText, endText, genesisHash, keyIdOf, sealHash, writeLedgerLine } from "@pave/contract/ledger";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { CommandContext } from "../command.ts";
import { ledgerVerify } from "./ledger-verify.ts";

let folder: string;
let home: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "pave-verify-"));
  home = join(folder, "home");
  await mkdir(join(home, "artifacts", "ledger"), { recursive: true });
  vi.stubEnv("PAVE_HOME", home);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

const newPair = () => {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  return { privateKey, pem: publicKey.export({ type: "spki", format: "pem" }).toString() };
};
const [platform, stranger] = [newPair(), newPair()];
type Pair = typeof platform;
const time = (minute: number) => `2026-01-02T03:${String(minute).padStart(2, "0")}:00.000Z`;
const signed = (text: string, key: KeyObject) => sign(null, Buffer.from(text), key).toString("base64");

/** An export of that many events, an event a minute, and the files of checkpoints after each. */
function ledgerOf(events: number, pair: Pair = platform) {
  const keyId = keyIdOf(pair.pem);
  const header = writeLedgerLine({ kind: "header", publicKey: pair.pem });
  const checkpoints: string[] = [];
  let [head, body] = [genesisHash, ""];
  for (let position = 1; position <= events; position += 1) {
    const event = { id: `e${position}`, time: time(position), type: "thing.changed", ...rest };
    head = sealHash(head, position, event);
    body += writeLedgerLine({ kind: "event", position, hash: head, event });
    const content = { position, hash: head, time: time(position), keyId };
    checkpoints.push(
      writeLedgerLine({
        kind: "checkpoint",
        ...content,
        signature: signed(checkpointText(content), pair.privateKey),
      }),
    );
  }
  const end = { events, checkpoints: events, head, time: time(events), keyId };
  const last = writeLedgerLine({ kind: "end", ...end, signature: signed(endText(end), pair.privateKey) });
  return { text: header + body + checkpoints.join("") + last, checkpoints: checkpoints.map((line) => header + line) };
}

const rest = {
  principalId: "p",
  principalKind: "user",
  principalName: "ada",
  actorKind: "person",
  teamId: null,
  projectId: null,
  template: null,
  revisionId: null,
  subjectType: "thing",
  subjectId: "1",
  causeId: null,
  correlationId: null,
  planHash: null,
  result: "ok",
  data: {},
};

const put = (name: string, text: string) => writeFile(join(folder, name), text);
const putCheckpoint = (position: number, text = "") =>
  put(`home/artifacts/ledger/checkpoint-${String(position).padStart(12, "0")}.jsonl`, text);
const verify = (options = {}, file = "ledger.jsonl") => ledgerVerify.run({ folder } as CommandContext, [file], options);

test("the key in PAVE_HOME is trusted, and the newest checkpoint there that is no newer than the file is its witness", async () => {
  const { text, checkpoints } = ledgerOf(3);
  await put("ledger.jsonl", text);
  await put("home/ledger-key.pem", platform.pem);
  await putCheckpoint(2, checkpoints[1]);
  expect((await verify()).text).toBe(
    `✔ 3 events and 3 checkpoints are whole, up to ${time(3)}, head ${/"head":"sha256:(.{12})/.exec(text)?.[1]}
  Signed by the platform's key ${keyIdOf(platform.pem).slice(0, 12)}
  Reaches checkpoint-000000000002.jsonl`,
  );
  // what happened after the export does not make it wrong
  await putCheckpoint(4, ledgerOf(4).checkpoints[3]);
  expect(await verify()).toMatchObject({ data: { ok: true, witness: ["checkpoint-000000000002.jsonl"] } });
});

test("a chain written anew with the platform's key is not the one that its checkpoint was signed for", async () => {
  await put("ledger.jsonl", ledgerOf(3).text);
  await put("home/ledger-key.pem", platform.pem);
  const other = ledgerOf(3).checkpoints[2]?.replace(/"hash":"sha256:[0-9a-f]{64}"/, `"hash":"${genesisHash}"`) ?? "";
  const content = { position: 3, hash: genesisHash, time: time(3), keyId: keyIdOf(platform.pem) };
  const signature = signed(checkpointText(content), platform.privateKey);
  await putCheckpoint(3, other.replace(/"signature":"[^"]*"/, `"signature":"${signature}"`));
  expect(await verify()).toMatchObject({ exitCode: 1, data: { findings: [{ kind: "forked", position: 3 }] } });
});

test("a ledger of another platform is told apart, and taken with its key", async () => {
  await put("ledger.jsonl", ledgerOf(2, stranger).text);
  await put("home/ledger-key.pem", platform.pem);
  await putCheckpoint(1, ledgerOf(1).checkpoints[0]);
  const refused = await verify();
  expect(refused).toMatchObject({ exitCode: 1 });
  expect(refused.text).toContain("A ledger of another platform needs that platform's public key: --key FILE.");
  await put("other.pem", stranger.pem);
  expect(await verify({ key: "other.pem" })).toMatchObject({ data: { ok: true, witness: [] } });
  await expect(verify({ key: "ledger.jsonl" })).rejects.toThrow("expected an Ed25519 public key as PEM");
});

test("without any key it is said that nothing vouches for the file's own", async () => {
  await put("ledger.jsonl", ledgerOf(1, stranger).text);
  const { text, exitCode } = await verify();
  expect(exitCode).toBeUndefined();
  expect(text).toContain("1 event and 1 checkpoint are consistent in themselves");
  expect(text).toContain(`Signed by the key ${keyIdOf(stranger.pem)}, which nothing here vouches for`);
});

test("the key of a checkpoint in PAVE_HOME is the platform's too", async () => {
  await put("ledger.jsonl", ledgerOf(2, stranger).text);
  await putCheckpoint(1, ledgerOf(1).checkpoints[0]);
  expect(await verify()).toMatchObject({ exitCode: 1, data: { trustedKeyId: keyIdOf(platform.pem) } });
});

test("a checkpoint that is named has to be reached", async () => {
  await put("ledger.jsonl", ledgerOf(2).text);
  await put("kept.jsonl", ledgerOf(3).checkpoints[2] ?? "");
  expect(await verify({ checkpoint: ["kept.jsonl"] })).toMatchObject({
    exitCode: 1,
    data: { findings: [{ kind: "cut", position: 3 }] },
  });
  await put("none.jsonl", "");
  await expect(verify({ checkpoint: ["none.jsonl"] })).rejects.toThrow("there is no checkpoint in it");
});

test("an empty file and one that is no ledger are found out, a missing one is told", async () => {
  await put("ledger.jsonl", "");
  expect(await verify()).toMatchObject({ exitCode: 1, text: expect.stringContaining("the file is empty") });
  await put("ledger.jsonl", "\u0000\u0001 binary\n{}\nnull\n");
  const { data } = await verify();
  expect((data as { findings: { kind: string }[] }).findings.map(({ kind }) => kind)).toEqual([
    "unreadable",
    "unreadable",
    "unreadable",
    "cut",
    "cut",
  ]);
  await expect(verify({}, "gone.jsonl")).rejects.toThrow("gone.jsonl: there is no such file");
});
