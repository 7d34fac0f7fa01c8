import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Plan } from "@pave/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { githubClaims, gitlabClaims, startIssuer } from "../../packages/server/src/modules/trusts/testing/ci-issuer.ts";
import { type CiMachines, ciMachines, githubLines } from "../support/ci-machines.ts";
import { startPlatform, type TestPlatform } from "../support/platform.ts";
import { type TinyProject, tinyProject } from "../support/tiny-project.ts";

type Issuer = Awaited<ReturnType<typeof startIssuer>>;

/**
 * The lines of the template's workflow files, run as CI runs them: on a checkout, with what the host sets, the packed
 * client, and no stored secret. The hosts cannot be had: their tokens come from an issuer of the test's own.
 */
describe("the workflow files of a project", { timeout: 300_000 }, () => {
  let platform: TestPlatform;
  let shop: TinyProject;
  let ci: CiMachines;
  let [github, gitlab]: (Issuer | undefined)[] = [];

  const plans = async () => (await shop.json<{ items: Plan[] }>(["plans", "list"])).items;

  beforeAll(async () => {
    [github, gitlab] = [await startIssuer(), await startIssuer()];
    platform = await startPlatform({
      environment: { PAVE_CI_ISSUERS: `${github.url}=github,${gitlab.url}=gitlab` },
    });
    [shop, ci] = await Promise.all([tinyProject(platform, "shop"), ciMachines("shop", () => platform.url)]);
    await shop.put(".gitignore", ci.files.get(".gitignore")?.content ?? "");
    ci.push(shop.folder, "first");
  }, 300_000);
  afterAll(async () => {
    await platform?.remove();
    await Promise.all([github?.close(), gitlab?.close(), ci?.remove()]);
  });

  it("of GitHub show a pull request what would change, and release what is merged", async () => {
    const issuer = github as Issuer;
    for (const jobs of [["--branch", "main"], ["--pull-requests"]])
      await shop.json(["trusts", "add", "--issuer", issuer.url, "--repository", "acme/flights", ...jobs]);
    const workflow = parse(ci.files.get(".github/workflows/pave.yml")?.content.toString() ?? "");
    expect(workflow.permissions).toEqual({ contents: "read", "id-token": "write" });
    const { folder, sha } = await ci.checkout();
    const summary = ci.path("summary.md");
    await writeFile(summary, "");

    issuer.jobs(
      githubClaims({ event_name: "pull_request", ref: "refs/pull/12/merge", base_ref: "main", head_ref: "x" }),
    );
    const job = { ...issuer.githubJob(), GITHUB_SHA: sha, GITHUB_STEP_SUMMARY: summary };
    await ci.run(githubLines(ci.files, "check"), folder, { ...job, GITHUB_REF_NAME: "12/merge" });
    expect(await readFile(summary, "utf8")).toMatch(
      /### Release shop version 1 to staging[\s\S]*✅ \| `metrics\.roc_auc >= 0\.6`/,
    );
    expect(await plans()).toEqual([]);

    issuer.jobs(githubClaims());
    await ci.run(githubLines(ci.files, "release"), folder, { ...job, GITHUB_REF_NAME: "main" });
    expect(await plans()).toMatchObject([
      { environment: "staging", state: "applied", author: { name: "shop-ci", kind: "service-account" } },
    ]);
    // a job of another branch is nobody here
    issuer.jobs(githubClaims({ ref: "refs/heads/other", sub: "repo:acme/flights:ref:refs/heads/other" }));
    await expect(ci.run(["pave status"], folder, { ...job, GITHUB_REF_NAME: "other" })).rejects.toThrow(/trust/);
  });

  it("of GitLab do the same with its tokens", async () => {
    const issuer = gitlab as Issuer;
    for (const jobs of [["--branch", "main"], ["--pull-requests"]])
      await shop.json(["trusts", "add", "--issuer", issuer.url, "--repository", "acme/ml/flights", ...jobs]);
    const workflow = parse(ci.files.get(".gitlab-ci.yml")?.content.toString() ?? "");
    const linesOf = (job: string): string[] => [...workflow[".pave"].before_script, ...workflow[job].script];
    const { folder, sha } = await ci.checkout();
    const job = async (claims: object) => ({
      ...{ GITLAB_CI: "true", CI_COMMIT_SHA: sha, CI_COMMIT_BRANCH: "main" },
      PAVE_ID_TOKEN: await issuer.sign(platform.url, gitlabClaims(claims as Record<string, string>)),
    });
    await shop.edit("steps/evaluate/step.sh", "0.7", "0.71");
    await ci.run(linesOf("release"), folder, await job({}));
    expect((await plans()).at(0)).toMatchObject({ environment: "staging", state: "applied" });
    const merge = {
      pipeline_source: "merge_request_event",
      ref: "x",
      ref_path: "refs/merge-requests/3/head",
      ref_protected: "false",
    };
    await ci.run(linesOf("check"), folder, await job(merge));
    expect(await readFile(join(folder, "plan.md"), "utf8")).toContain("nothing to do");
  });
});
