import { execFile, execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import type { Plan } from "@pave/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { renderTemplate } from "../../packages/server/src/modules/projects/templates/render-template.ts";
import { githubClaims, gitlabClaims, startIssuer } from "../../packages/server/src/modules/trusts/testing/ci-issuer.ts";
import { packPave } from "../support/packed-pave.ts";
import { startPlatform, type TestPlatform } from "../support/platform.ts";
import { type TinyProject, tinyProject } from "../support/tiny-project.ts";

const execute = promisify(execFile);
const template = join(import.meta.dirname, "..", "..", "templates", "tabular-classification");
type Issuer = Awaited<ReturnType<typeof startIssuer>>;

/**
 * The lines of the template's workflow files, run as CI runs them: on a checkout, with what the host sets, the packed
 * client, and no stored secret. The hosts cannot be had: their tokens come from an issuer of the test's own.
 */
describe("the workflow files of a project", { timeout: 300_000 }, () => {
  let platform: TestPlatform;
  let shop: TinyProject;
  let base: string;
  let cache: string;
  let [github, gitlab]: (Issuer | undefined)[] = [];
  let files: Awaited<ReturnType<typeof renderTemplate>>;

  const git = (folder: string, ...args: string[]) =>
    execFileSync("git", ["-C", folder, "-c", "user.name=Ada", "-c", "user.email=ada@example.org", ...args], {
      encoding: "utf8",
    }).trim();
  /** A fresh checkout of a commit and of no branch, as CI makes it. */
  const checkout = async (name: string): Promise<{ folder: string; sha: string }> => {
    const folder = join(base, name);
    execFileSync("git", ["clone", "--quiet", join(base, "shop.git"), folder]);
    const sha = git(folder, "rev-parse", "HEAD");
    git(folder, "checkout", "--quiet", "--detach", sha);
    return { folder, sha };
  };
  /** One after the other, in a shell that stops at the first that fails. */
  const run = async (lines: readonly string[], folder: string, environment: Readonly<Record<string, string>>) => {
    // each job is a machine of its own
    const home = await mkdtemp(join(base, "home-"));
    const path = [join(base, "prefix", "bin"), dirname(process.execPath), process.env.PATH].join(delimiter);
    for (const line of lines)
      await execute("bash", ["-e", "-c", line], {
        cwd: folder,
        env: {
          ...{ PATH: path, HOME: home, PAVE_HOME: join(home, ".pave"), npm_config_prefix: join(base, "prefix") },
          // this machine's downloads, so that 150 MB are not fetched again
          ...{ npm_config_cache: cache, npm_config_prefer_offline: "true", npm_config_audit: "false" },
          PAVE_PACKAGE: join(base, "pave.tgz"),
          ...{ PAVE_URL: platform.url, NO_COLOR: "1", CI: "true" },
          ...environment,
        },
      });
  };
  const plans = async () => (await shop.json<{ items: Plan[] }>(["plans", "list"])).items;

  beforeAll(async () => {
    base = await mkdtemp(join(tmpdir(), "pave-workflow-"));
    cache = (await execute("npm", ["config", "get", "cache"])).stdout.trim();
    [github, gitlab] = [await startIssuer(), await startIssuer()];
    platform = await startPlatform({
      environment: { PAVE_CI_ISSUERS: `${github.url}=github,${gitlab.url}=gitlab` },
    });
    shop = await tinyProject(platform, "shop");
    files = await renderTemplate(template, { name: "shop", owner: "platform", target: "late" });
    execFileSync("git", ["init", "--quiet", "--bare", "--initial-branch=main", join(base, "shop.git")]);
    await shop.put(".gitignore", files.get(".gitignore")?.content ?? "");
    git(shop.folder, "init", "--quiet", "--initial-branch=main");
    git(shop.folder, "add", "--all");
    git(shop.folder, "commit", "--quiet", "-m", "first");
    git(shop.folder, "push", "--quiet", join(base, "shop.git"), "main");
    await execute("cp", [await packPave(join(base, "out")), join(base, "pave.tgz")]);
  }, 300_000);
  afterAll(async () => {
    await platform?.remove();
    await Promise.all([github?.close(), gitlab?.close()]);
    await rm(base, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  });

  it("of GitHub show a pull request what would change, and release what is merged", async () => {
    const issuer = github as Issuer;
    for (const jobs of [["--branch", "main"], ["--pull-requests"]])
      await shop.json(["trusts", "add", "--issuer", issuer.url, "--repository", "acme/flights", ...jobs]);
    const workflow = parse(files.get(".github/workflows/pave.yml")?.content.toString() ?? "");
    expect(workflow.permissions).toEqual({ contents: "read", "id-token": "write" });
    const linesOf = (job: string): string[] =>
      workflow.jobs[job].steps.flatMap((step: { run?: string }) => (step.run ? [step.run] : []));
    const { folder, sha } = await checkout("github");
    const summary = join(base, "summary.md");
    await writeFile(summary, "");

    issuer.jobs(
      githubClaims({ event_name: "pull_request", ref: "refs/pull/12/merge", base_ref: "main", head_ref: "x" }),
    );
    const job = { ...issuer.githubJob(), GITHUB_SHA: sha, GITHUB_STEP_SUMMARY: summary };
    await run(linesOf("check"), folder, { ...job, GITHUB_REF_NAME: "12/merge" });
    expect(await readFile(summary, "utf8")).toMatch(
      /### Release shop version 1 to staging[\s\S]*✅ \| `metrics\.roc_auc >= 0\.6`/,
    );
    expect(await plans()).toEqual([]);

    issuer.jobs(githubClaims());
    await run(linesOf("release"), folder, { ...job, GITHUB_REF_NAME: "main" });
    expect(await plans()).toMatchObject([
      { environment: "staging", state: "applied", author: { name: "shop-ci", kind: "service-account" } },
    ]);
    // a job of another branch is nobody here
    issuer.jobs(githubClaims({ ref: "refs/heads/other", sub: "repo:acme/flights:ref:refs/heads/other" }));
    await expect(run(["pave status"], folder, { ...job, GITHUB_REF_NAME: "other" })).rejects.toThrow(/trust/);
  });

  it("of GitLab do the same with its tokens", async () => {
    const issuer = gitlab as Issuer;
    for (const jobs of [["--branch", "main"], ["--pull-requests"]])
      await shop.json(["trusts", "add", "--issuer", issuer.url, "--repository", "acme/ml/flights", ...jobs]);
    const ci = parse(files.get(".gitlab-ci.yml")?.content.toString() ?? "");
    const linesOf = (job: string): string[] => [...ci[".pave"].before_script, ...ci[job].script];
    const { folder, sha } = await checkout("gitlab");
    const job = async (claims: object) => ({
      ...{ GITLAB_CI: "true", CI_COMMIT_SHA: sha, CI_COMMIT_BRANCH: "main" },
      PAVE_ID_TOKEN: await issuer.sign(platform.url, gitlabClaims(claims as Record<string, string>)),
    });
    await shop.edit("steps/evaluate/step.sh", "0.7", "0.71");
    await run(linesOf("release"), folder, await job({}));
    expect((await plans()).at(0)).toMatchObject({ environment: "staging", state: "applied" });
    const merge = {
      pipeline_source: "merge_request_event",
      ref: "x",
      ref_path: "refs/merge-requests/3/head",
      ref_protected: "false",
    };
    await run(linesOf("check"), folder, await job(merge));
    expect(await readFile(join(folder, "plan.md"), "utf8")).toContain("nothing to do");
  });
});
