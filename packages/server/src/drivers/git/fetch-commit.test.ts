import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type GitHost, startGitHost } from "../../../../../tests/support/git-host.ts";
import { fetchCommit } from "./fetch-commit.ts";

const token = "a-token-of-the-host-0123";
const header = `Authorization: Basic ${Buffer.from(`${token}:x-oauth-basic`).toString("base64")}`;
let base: string;
let work: string;
let host: GitHost;
let first: string;
let second: string;

const git = (...args: string[]) =>
  execFileSync("git", ["-C", work, "-c", "user.name=a", "-c", "user.email=a@b.c", ...args], {
    encoding: "utf8",
  }).trim();
const commit = () => {
  git("add", "--all");
  git("commit", "--quiet", "--message", "x");
  return git("rev-parse", "HEAD");
};

beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), "pave-fetch-"));
  work = join(base, "work");
  execFileSync("git", ["init", "--quiet", "--initial-branch=main", work]);
  await mkdir(join(work, "ml", "steps"), { recursive: true });
  await writeFile(join(work, "ml", "pave.yaml"), "name: x\n");
  await writeFile(join(work, "ml", "steps", "großer Schritt.sh"), "echo\n", { mode: 0o755 });
  await symlink("/etc/passwd", join(work, "ml", "passwords"));
  await writeFile(join(work, ".gitattributes"), "*.yaml filter=evil\n");
  first = commit();
  await writeFile(join(work, "README.md"), "x".repeat(3_000_000));
  second = commit();
  execFileSync("git", ["clone", "--quiet", "--bare", work, join(base, "served", "team.git")]);
  host = await startGitHost({ folder: join(base, "served"), token });
});
afterAll(async () => {
  await host?.close();
  await rm(base, { recursive: true, force: true });
});

const fetchIt = (more: Partial<Parameters<typeof fetchCommit>[0]> = {}) =>
  fetchCommit({
    url: `${host.url}/team.git`,
    commit: second,
    branch: "main",
    address: "127.0.0.1",
    header,
    allowHttp: true,
    timeoutMs: 20_000,
    maxBytes: 50_000_000,
    ...more,
  });

it("gives the files of a commit below a folder, without links, and leaves nothing behind", async () => {
  const before = await left();
  const fetched = await fetchIt();
  const files = await fetched.files("ml");
  expect(files.map(({ path, executable }) => [path, executable])).toEqual([
    ["pave.yaml", false],
    ["steps/großer Schritt.sh", true],
  ]);
  const [spec] = files;
  expect(spec && (await buffer(fetched.read(spec))).toString()).toBe("name: x\n");
  expect((await fetched.files("")).map(({ path, size }) => [path, size])).toContainEqual(["README.md", 3_000_000]);
  await expect(fetched.files("other")).rejects.toMatchObject({ code: "repository.invalid" });
  await fetched.close();
  expect(await left()).toEqual(before);
});

it("gives an older commit of the branch by its name", async () => {
  const fetched = await fetchIt({ commit: first });
  expect((await fetched.files("")).map(({ path }) => path)).not.toContain("README.md");
  await fetched.close();
});

it("connects to the address that was looked at, whatever the name means", async () => {
  const { port } = new URL(host.url);
  const fetched = await fetchIt({ url: `http://no-such-host.invalid:${port}/team.git` });
  expect(await fetched.files("ml")).toHaveLength(2);
  await fetched.close();
});

it.each([
  ["without the token", { header: null }, /could not be read/],
  ["with another token", { header: "Authorization: Basic eDp5" }, /could not be read/],
  ["over http where only https is allowed", { allowHttp: false }, /transport 'http' not allowed/],
  ["of a file", { url: "file:///etc" }, /transport 'file' not allowed/],
  ["of a command", { url: "ext::touch /tmp/pave-was-here" }, /./],
  ["of what has more than it may", { maxBytes: 1000 }, /more than the 1000 bytes|could not be read/],
  ["of a commit that is not there", { commit: "1".repeat(40), branch: "nowhere" }, /could not be read/],
] as const)("refuses a fetch %s, and says so without the token", async (_, more, message) => {
  const before = await left();
  const error: Error = await fetchIt(more).then(
    () => new Error("it was fetched"),
    (error) => error,
  );
  expect(error.message).toMatch(message);
  expect(JSON.stringify({ ...error, message: error.message })).not.toContain(token);
  expect(await left()).toEqual(before);
});

it("says that a later push has taken the branch on", async () => {
  await expect(fetchIt({ commit: "1".repeat(40) })).rejects.toMatchObject({
    code: "repository.commit_gone",
    message: expect.stringContaining(second.slice(0, 12)),
  });
});

it("follows no redirect, and gives up a host that says nothing", async () => {
  let server: Server | undefined;
  const listen = async (answer: Parameters<typeof createServer>[1]) => {
    server = createServer(answer as never);
    await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/team.git`;
  };
  const away = await listen(((_: unknown, response: import("node:http").ServerResponse) =>
    response.writeHead(302, { location: `${host.url}/team.git/info/refs?service=git-upload-pack` }).end()) as never);
  await expect(fetchIt({ url: away })).rejects.toMatchObject({ code: "repository.unreachable" });
  server?.close();
  const mute = await listen((() => undefined) as never);
  await expect(fetchIt({ url: mute, timeoutMs: 700 })).rejects.toThrow(/within 0.7 s/);
  server?.closeAllConnections();
  server?.close();
});

const left = async () => (await readdir(tmpdir())).filter((name) => name.startsWith("pave-git-"));
