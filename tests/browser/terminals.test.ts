import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { githubClaims, gitlabClaims, startIssuer } from "../../packages/server/src/modules/trusts/testing/ci-issuer.ts";
import { browserPath, launchBrowser, signIn } from "../support/browser.ts";
import { builtPave } from "../support/built-pave.ts";
import { type CommandResult, createCommands, type RunCommand, type Started } from "../support/commands.ts";
import { eventually } from "../support/eventually.ts";
import { startPlatform, type TestPlatform } from "../support/platform.ts";

/** One server; terminals of another machine's folder, and jobs of CI with the environment that GitHub and GitLab give. */
describe.skipIf(!browserPath)("how terminals and jobs get in", { timeout: 300_000 }, () => {
  let platform: TestPlatform;
  let browser: Browser;
  let page: Page;
  let complaints: string[];
  let issuer: Awaited<ReturnType<typeof startIssuer>>;
  let gitlab: typeof issuer;
  let home: string;
  let entry: string;
  beforeAll(async () => {
    entry = await builtPave();
    [issuer, gitlab] = [await startIssuer(), await startIssuer()];
    [platform, browser] = await Promise.all([
      startPlatform({ environment: { PAVE_CI_ISSUERS: `${issuer.url}=github,${gitlab.url}=gitlab` } }),
      launchBrowser(),
    ]);
    ({ page, complaints } = await signIn(browser, platform.signInUrl));
    home = join(platform.folder, "laptop");
    await platform.client.createProject({ body: { name: "flights" } });
  }, 400_000);
  afterAll(async () => {
    await browser?.close();
    await platform?.remove();
    await Promise.all([issuer?.close(), gitlab?.close()]);
  });

  const commands = (folder: string) =>
    createCommands({
      folder: platform.folder,
      environment: { PAVE_HOME: folder, ...quiet },
      url: () => platform.url,
      entry,
    });
  const laptop = () => commands(home);
  const started = (args: readonly string[], options: RunCommand = {}): Started => laptop().call(args, options);
  const asked = async ({ child, output }: Started, pattern: RegExp): Promise<string> => {
    const look = async () => ({ found: pattern.exec(output.stderr), code: child.exitCode });
    const { found } = await eventually(`${pattern}`, look, (now) => now.found !== null || now.code !== null, 60_000);
    if (!found) throw new Error(`it said ${output.stdout}${output.stderr}`);
    return found[1] ?? "";
  };

  it("signs in by the browser, is somebody, and signs out; the token ends on the server too", async () => {
    const login = started(["login", platform.url, "--name", "team", "--json"]);
    const link = await asked(login, /(http:\S+\/authorize\?\S+)/);
    await page.goto(link);
    await page.getByRole("heading", { name: "Let a terminal act as you?" }).waitFor();
    await page.getByRole("button", { name: "Allow" }).click();
    await page.getByText("You are signed in: go back to your terminal").waitFor();
    const result = await login.ended;
    expect(result).toMatchObject({ code: 0, data: { context: "team", url: platform.url } });

    const path = join(home, "contexts.json");
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const { token } = (JSON.parse(await readFile(path, "utf8")) as Saved).contexts.team ?? { token: "" };
    expect(`${result.stdout}${result.stderr}`).not.toContain(token);
    expect(await laptop().json(["whoami"])).toMatchObject({
      url: platform.url,
      how: "context team",
      platformAdmin: true,
      token: { origin: "terminal", name: expect.stringContaining("pave on "), project: null },
    });
    expect(await laptop().json(["contexts", "list"])).toMatchObject({ items: [{ name: "team", current: true }] });

    await page.goto(`${platform.url}/settings`);
    await page.getByText("pave on ").first().waitFor();
    expect(await laptop().json(["logout"])).toMatchObject({ signedOut: true });
    const after = await laptop().pave(["whoami"], { token });
    expect(after).toMatchObject({ code: 3, data: { error: { code: "access.token_invalid" } } });
    expect(await laptop().pave(["whoami"])).toMatchObject({
      code: 3,
      data: {
        error: {
          message: `You are signed out of team (${platform.url})`,
          fix: `Sign in again: pave login ${platform.url} --name team`,
        },
      },
    });
    expect(complaints).toEqual([]);
  });

  it("hears a no, and is not fooled by an answer that is not to its question", async () => {
    const login = started(["login", platform.url, "--json"]);
    const link = await asked(login, /(http:\S+\/authorize\?\S+)/);
    const redirect = new URL(link).searchParams.get("redirect_uri") ?? "";
    const forged = await fetch(`${redirect}?code=stolen&state=${"x".repeat(32)}`);
    expect([forged.status, await forged.text()]).toEqual([400, expect.stringContaining("not the answer")]);
    await page.goto(link);
    await page.getByRole("button", { name: "No", exact: true }).click();
    await page.getByText("Nothing was allowed").waitFor();
    expect(await login.ended).toMatchObject({
      code: 3,
      data: { error: { message: expect.stringContaining("You said no") } },
    });

    await page.goto(
      link.replace(encodeURIComponent(redirect), encodeURIComponent("https://evil.example.com/callback")),
    );
    await page.getByText("leads to another machine").waitFor();
    expect(await page.getByRole("button", { name: "Allow" }).count()).toBe(0);
  });

  it("signs in where there is no browser, by a code that is typed elsewhere", async () => {
    const login = started(["login", platform.url, "--device", "--name", "device", "--json"]);
    const code = await asked(login, /\n\s+([A-Z]{4}-[A-Z]{4})\n/);
    await page.goto(`${platform.url}/device`);
    await page.getByLabel("Code").fill("bbbbbbbb");
    await page.getByRole("button", { name: "Continue" }).click();
    await page.getByText("No terminal waits with this code").waitFor();
    await page.getByLabel("Code").fill(code.toLowerCase());
    await page.getByRole("button", { name: "Continue" }).click();
    await page.getByText("wants to act as").waitFor();
    await page.getByRole("button", { name: "Allow" }).click();
    await page.getByText("The terminal is signed in").waitFor();
    expect(await login.ended).toMatchObject({ code: 0, data: { context: "device" } });
    expect(await laptop().json(["whoami", "--context", "device"])).toMatchObject({ how: "context device" });
    expect(await laptop().json(["projects", "list"])).toMatchObject({ items: [{ name: "flights" }] });
  });

  it("takes a robot's token from standard input, and from nowhere else", async () => {
    const { token } = await platform.json<{ token: string }>([
      "tokens",
      "create",
      "robot",
      "--scope",
      "read",
      "--project",
      "flights",
    ]);
    expect(await laptop().pave(["login", platform.url, "--token", token])).toMatchObject({
      code: 2,
      data: { error: { message: expect.stringContaining("standard input") } },
    });
    const login = await withInput(["login", platform.url, "--token", "-", "--name", "robot"], `${token}\n`);
    expect(login).toMatchObject({ code: 0, data: { context: "robot" } });
    expect(await laptop().json(["whoami"])).toMatchObject({
      token: { project: "flights", scopes: ["platform.use", "project.read"] },
    });
    expect(await laptop().pave(["tokens", "create", "more"])).toMatchObject({ code: 3 });
    await laptop().json(["logout", "robot"]);
    expect(await laptop().json(["contexts", "remove", "robot"])).toEqual({ removed: "robot" });
    expect(await laptop().json(["contexts", "use", "device"])).toEqual({ current: "device" });
  });

  it("this machine's own platform goes on to need no sign-in", async () => {
    expect(await platform.json(["whoami"])).toMatchObject({ how: "this machine's own platform", context: "local" });
    expect(await platform.pave(["logout"])).toMatchObject({ code: 2 });
    expect(await platform.pave(["whoami", "--context", "nowhere"])).toMatchObject({
      code: 2,
      data: { error: { message: "There is no context nowhere" } },
    });
  });

  it("a rotated token and the new one are both good, until the overlap is over", async () => {
    const old = await platform.json<Made>(["tokens", "create", "ci", "--days", "10"]);
    const made = await platform.json<Made & { old: Made["record"] }>(["tokens", "rotate", "ci", "--overlap", "1h"]);
    expect(made.record).toMatchObject({ name: "ci", replacedBy: null });
    expect(Date.parse(made.old.expiresAt) - Date.now()).toBeLessThan(3_600_000);
    for (const { token } of [old, made]) expect(await laptop().pave(["whoami"], { token })).toMatchObject({ code: 0 });
    const again = await platform.pave(["tokens", "rotate", old.record.id]);
    expect(again).toMatchObject({
      code: 2,
      data: { error: { message: expect.stringContaining("was rotated already") } },
    });
    const last = await platform.json<Made>(["tokens", "rotate", made.record.id, "--overlap", "0"]);
    expect(await laptop().pave(["whoami"], { token: made.token })).toMatchObject({ code: 3 });
    const { items } = await platform.json<{ items: Made["record"][] }>(["tokens", "list"]);
    expect(items.find(({ id }) => id === old.record.id)).toMatchObject({ lastUsedFrom: "127.0.0.1" });
    expect(items.find(({ id }) => id === last.record.id)).toMatchObject({ lastUsedAt: null });
  });

  describe("a job of CI", () => {
    const folderOf = async (name: string) => {
      const folder = join(platform.folder, `job-${name}`);
      await mkdir(folder);
      await writeFile(
        join(folder, "pave.yaml"),
        "apiVersion: pave/v1\nkind: project\nname: flights\nowner: platform\n",
      );
      return folder;
    };
    /** `pave …` as the job's script calls it: nothing is stored, and its home is new. */
    const job = async (
      name: string,
      args: readonly string[],
      environment: Record<string, string>,
    ): Promise<CommandResult> => {
      const folder = await folderOf(name).catch(() => join(platform.folder, `job-${name}`));
      return commands(join(folder, "home")).pave(args, {
        folder,
        environment: { PAVE_URL: platform.url, ...environment },
      });
    };
    const given = async (claims: object, options: { audience?: string } = {}) => ({
      GITLAB_CI: "true",
      PAVE_ID_TOKEN: await gitlab.sign(options.audience ?? platform.url, claims as never),
    });
    beforeAll(async () => {
      await platform.json([
        "trusts",
        "add",
        "-p",
        "flights",
        "--issuer",
        issuer.url,
        "--repository",
        "acme/flights",
        "--branch",
        "main",
      ]);
      await platform.json([
        "trusts",
        "add",
        "-p",
        "flights",
        "--issuer",
        gitlab.url,
        "--repository",
        "acme/ml/flights",
        "--branch",
        "main",
        "--role",
        "viewer",
      ]);
    });

    it("of GitHub acts in the project without a stored secret; the ledger has what the job was", async () => {
      issuer.jobs(githubClaims());
      const who = await job("github", ["whoami"], issuer.githubJob());
      expect(who).toMatchObject({
        code: 0,
        data: {
          principal: { kind: "service-account", name: "flights-ci" },
          roles: { flights: "developer" },
          token: { origin: "trust", project: "flights" },
          how: "the job's token of its CI, exchanged",
        },
      });
      expect(await job("github", ["push"], issuer.githubJob())).toMatchObject({ code: 0 });
      expect(await job("github", ["members", "set", "flights-ci", "admin"], issuer.githubJob())).toMatchObject({
        code: 3,
      });
      const { items } = await platform.client.listEvents({ query: { project: "flights", limit: 50 } });
      const used = items.find(({ type }) => type === "trust.used");
      expect(used).toMatchObject({
        principal: { name: "flights-ci" },
        data: { repository: "acme/flights", startedBy: "octocat" },
      });
      const pushed = items.find(({ type }) => type === "revision.pushed");
      expect(pushed).toMatchObject({ principal: { name: "flights-ci" }, causeId: used?.id });
      expect(items.filter(({ type }) => type === "trust.used")).toHaveLength(1);
    });

    it("of GitLab has one token for all its commands, also for two at once", async () => {
      const environment = await given(gitlabClaims());
      const both = await Promise.all([job("gitlab", ["whoami"], environment), job("gitlab", ["whoami"], environment)]);
      expect(both.map(({ code }) => code)).toEqual([0, 0]);
      expect(await job("gitlab", ["projects", "list"], environment)).toMatchObject({ code: 0 });
      const elsewhere = await job("replay", ["whoami"], environment);
      expect(elsewhere).toMatchObject({ code: 3, data: { error: { code: "access.assertion_used" } } });
    });

    it.each([
      ["audience", gitlabClaims(), { audience: "https://other.example.com" }, "access.assertion_invalid"],
      ["repository", gitlabClaims({ project_path: "mallory/flights" }), {}, "access.not_trusted"],
      ["branch", gitlabClaims({ ref: "topic", ref_path: "refs/heads/topic" }), {}, "access.not_trusted"],
      [
        "fork",
        gitlabClaims({ pipeline_source: "merge_request_event", ref_path: "refs/merge-requests/1/head" }),
        {},
        "access.not_trusted",
      ],
      ["expired", gitlabClaims({ exp: 1_700_000_000 }), {}, "access.assertion_invalid"],
    ])("with another %s gets nothing, and a message with the fix", async (name, claims, options, code) => {
      const result = await job(`wrong-${name}`, ["whoami"], await given(claims, options));
      expect(result).toMatchObject({ code: 3, data: { error: { code, fix: expect.any(String) } } });
      expect(result.stdout + result.stderr).not.toMatch(/eyJ/);
    });

    it("whose CI gives it no token is told what to write", async () => {
      expect(await job("no-permission", ["whoami"], { GITHUB_ACTIONS: "true" })).toMatchObject({
        code: 3,
        data: { error: { fix: expect.stringContaining("id-token: write") } },
      });
      expect(await job("no-id-token", ["whoami"], { GITLAB_CI: "true" })).toMatchObject({
        code: 3,
        data: { error: { fix: expect.stringContaining(`aud: ${platform.url}`) } },
      });
    });
  });

  const withInput = async (args: readonly string[], input: string): Promise<CommandResult> => {
    const { execFile } = await import("node:child_process");
    return new Promise((resolve) => {
      const child = execFile(
        process.execPath,
        [entry, ...args, "--json"],
        { env: { ...process.env, PAVE_HOME: home, ...quiet } },
        (error, stdout, stderr) =>
          resolve({ code: error ? Number(error.code) : 0, stdout, stderr, data: JSON.parse(stdout) }),
      );
      child.stdin?.end(input);
    });
  };
});

/** What CI itself may have set where this test runs. */
const quiet = {
  GITHUB_ACTIONS: "",
  GITLAB_CI: "",
  ACTIONS_ID_TOKEN_REQUEST_URL: "",
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: "",
  PAVE_ID_TOKEN: "",
  PAVE_URL: "",
  PAVE_TOKEN: "",
};

interface Saved {
  readonly contexts: Readonly<Record<string, { readonly token: string }>>;
}
interface Made {
  readonly token: string;
  readonly record: { readonly id: string; readonly expiresAt: string };
}
