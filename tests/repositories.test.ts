import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp } from "node:fs/promises";
import { request } from "node:http";
import { join } from "node:path";
import type { Repository, RepositoryPush } from "@pave/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "./support/eventually.ts";
import { type GitHost, startGitHost } from "./support/git-host.ts";
import { startPlatform, type TestPlatform } from "./support/platform.ts";
import { type TinyProject, tinyProject } from "./support/tiny-project.ts";

const token = "a-token-of-the-host-0123";

describe("a project whose repository is connected", { timeout: 240_000 }, () => {
  let platform: TestPlatform;
  let host: GitHost;
  let shop: TinyProject;
  let hook: { url: string; secret: string };

  const git = (...args: string[]) =>
    execFileSync("git", ["-C", shop.folder, "-c", "user.name=Ada", "-c", "user.email=ada@example.org", ...args], {
      encoding: "utf8",
    }).trim();
  const commit = (message: string): string => {
    git("add", "--all");
    git("commit", "--quiet", "--message", message);
    git("push", "--quiet", "origin", "HEAD");
    return git("rev-parse", "HEAD");
  };
  const body = (after: string, branch: string) => ({
    ref: `refs/heads/${branch}`,
    after,
    head_commit: { message: `about ${branch}\n\nmore`, author: { name: "Ada" } },
    repository: { full_name: "team/shop" },
  });
  const show = () => shop.json<{ repository: Repository; pushes: RepositoryPush[] }>(["repositories", "show"]);
  const ended = (after: string) =>
    eventually(
      `the push of ${after}`,
      async () => (await show()).pushes.find((push) => push.commit === after),
      (push) => push?.finishedAt != null && push.status?.posted === true,
      120_000,
    );
  const statusesOf = (after: string) => host.statuses.filter((status) => status.commit === after);

  beforeAll(async () => {
    platform = await startPlatform({ environment: { PAVE_OUTBOUND_ALLOW: "127.0.0.1" } });
    const folder = await mkdtemp(join(platform.folder, "host-"));
    host = await startGitHost({ folder, token });
    shop = await tinyProject(platform, "shop");
    await mkdir(join(folder, "team"));
    execFileSync("git", ["init", "--quiet", "--bare", "--initial-branch=main", join(folder, "team", "shop.git")]);
    git("init", "--quiet", "--initial-branch=main");
    git("remote", "add", "origin", join(folder, "team", "shop.git"));
    const args = ["repositories", "connect", `${host.url}/team/shop.git`, "--provider", "gitea", "--to", "staging"];
    const { repository, webhookSecret } = await shop.json<{ repository: Repository; webhookSecret: string }>(
      [...args, "--token", "-"],
      { input: `${token}\n` },
    );
    hook = { url: repository.webhookUrl, secret: webhookSecret };
  }, 300_000);
  afterAll(async () => {
    await host?.close();
    await platform?.remove();
  });

  it("releases what is pushed to its branch, and tells the host at each step", async () => {
    const after = commit("first");
    expect(await (await host.push(hook, body(after, "main"), { delivery: "one" })).json()).toMatchObject({
      push: expect.any(String),
    });
    expect(await ended(after)).toMatchObject({
      state: "succeeded",
      author: "Ada",
      message: "about main",
      detail: "plan 1 to staging is applied",
      ...{ revision: expect.any(Number), run: 1, plan: 1 },
    });
    expect((await shop.json<{ state: string }>(["plans", "show", "1"])).state).toBe("applied");
    expect((await shop.pave(["predict", "staging"])).code).toBe(0);
    const statuses = statusesOf(after);
    expect(statuses.at(-1)).toMatchObject({ state: "success", description: "plan 1 to staging is applied" });
    expect(statuses.at(-1)?.target_url).toMatch(/\/projects\/shop\/plans\/1$/);
    expect(statuses[0]?.state).toBe("pending");
    // a delivery that comes twice is taken once, under another name too: names are not signed
    for (const delivery of ["one", "two"])
      expect(await (await host.push(hook, body(after, "main"), { delivery })).json()).toEqual({
        push: null,
        message: "This delivery came before",
      });
  });

  it("only checks what is pushed elsewhere, and says what is wrong in it", async () => {
    git("checkout", "--quiet", "-b", "try/this");
    await shop.edit("pave.yaml", "from: train.train.model", "from: train.trian.model");
    const after = commit("a slip");
    await host.push(hook, body(after, "try/this"));
    expect(await ended(after)).toMatchObject({
      state: "failed",
      detail: expect.stringMatching(/^1 problem in pave\.yaml: .*trian/),
      run: null,
      revision: null,
    });
    expect(statusesOf(after).at(-1)).toMatchObject({ state: "failure" });
    git("checkout", "--quiet", "main");
  });

  it("has nothing to release when nothing changed for the deployment, and leaves out links", async () => {
    execFileSync("ln", ["-s", "/etc/passwd", join(shop.folder, "passwords")]);
    const after = commit("a link");
    await host.push(hook, body(after, "main"));
    expect(await ended(after)).toMatchObject({
      state: "succeeded",
      detail: expect.stringContaining("staging has it already"),
    });
  });

  it("takes nothing that is not signed, of another repository, or no push", async () => {
    const after = git("rev-parse", "HEAD");
    const before = (await show()).pushes.length;
    for (const signature of ["", "0".repeat(64), "é".repeat(32)])
      expect((await host.push(hook, body(after, "main"), { signature: encodeURI(signature) })).status).toBe(401);
    expect((await host.push({ ...hook, url: `${hook.url}0` }, body(after, "main"))).status).toBe(401);
    // whose body is not waited for
    for (const url of [hook.url, `${hook.url}0`])
      expect(
        await new Promise((resolve, reject) => {
          const asking = request(url, { method: "POST", headers: { "content-length": "1000000" } });
          asking.on("response", ({ statusCode }) => resolve(asking.destroy() && statusCode));
          asking.on("error", reject);
          asking.flushHeaders();
        }),
      ).toBe(401);
    const other = { ...body(after, "main"), repository: { full_name: "team/other" } };
    expect(await (await host.push(hook, other)).json()).toMatchObject({
      error: { message: "The push is of team/other, expected one of team/shop" },
    });
    expect((await host.push(hook, { ref: 1 })).status).toBe(400);
    const gone = await host.push(hook, body("0".repeat(40), "main"));
    expect(await gone.json()).toEqual({ push: null, message: "Nothing to do: main was deleted" });
    const tag = await host.push(hook, { ...body(after, "main"), ref: "refs/tags/v1" });
    expect(await tag.json()).toMatchObject({ push: null });
    expect((await show()).pushes).toHaveLength(before);
  });

  it("says why a commit could not be fetched", async () => {
    await host.push(hook, body("1".repeat(40), "nowhere"));
    expect(await ended("1".repeat(40))).toMatchObject({
      state: "failed",
      detail: expect.stringContaining("The repository could not be read"),
    });
  });
});
