import { execFile, execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import { parse } from "yaml";
import { renderTemplate } from "../../packages/server/src/modules/projects/templates/render-template.ts";
import { packPave } from "./packed-pave.ts";

const execute = promisify(execFile);
const template = join(import.meta.dirname, "..", "..", "templates", "tabular-classification");

/** How this machine gets out to registries: proxies, and the authorities that it trusts. */
const networkSettings = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => /^((https?|no)_proxy|node_extra_ca_certs|ssl_cert_\w+)$/i.test(name)),
);

export type WorkflowFiles = Awaited<ReturnType<typeof renderTemplate>>;

/** A git repository and the machines that a host of CI runs its jobs on, each with the packed client at hand. */
export interface CiMachines {
  /** What the template writes for CI. */
  readonly files: WorkflowFiles;
  /** Commits a folder as it is, and pushes it to the branch main. */
  push(folder: string, message: string): void;
  /** A fresh checkout of main's commit and of no branch, as CI makes it. */
  checkout(): Promise<{ readonly folder: string; readonly sha: string }>;
  /** Runs lines one after the other on a new machine, in a shell that stops at the first that fails. */
  run(lines: readonly string[], folder: string, environment: Readonly<Record<string, string>>): Promise<void>;
  /** A file of the test's own beside the checkouts. */
  path(name: string): string;
  remove(): Promise<void>;
}

export async function ciMachines(project: string, serverUrl: () => string): Promise<CiMachines> {
  const base = await mkdtemp(join(tmpdir(), "pave-ci-"));
  const cache = (await execute("npm", ["config", "get", "cache"])).stdout.trim();
  const origin = join(base, "origin.git");
  const git = (folder: string, ...args: string[]) =>
    execFileSync("git", ["-C", folder, "-c", "user.name=Ada", "-c", "user.email=ada@example.org", ...args], {
      encoding: "utf8",
    }).trim();
  await mkdir(join(base, "homes"));
  execFileSync("git", ["init", "--quiet", "--bare", "--initial-branch=main", origin]);
  await rename(await packPave(join(base, "out")), join(base, "pave.tgz"));
  let checkouts = 0;
  return {
    files: await renderTemplate(template, { name: project, owner: "platform", target: "late" }),
    push(folder, message) {
      git(folder, "init", "--quiet", "--initial-branch=main");
      git(folder, "add", "--all");
      git(folder, "commit", "--quiet", "-m", message);
      git(folder, "push", "--quiet", origin, "main");
    },
    async checkout() {
      checkouts += 1;
      const folder = join(base, `checkout-${checkouts}`);
      execFileSync("git", ["clone", "--quiet", origin, folder]);
      const sha = git(folder, "rev-parse", "HEAD");
      git(folder, "checkout", "--quiet", "--detach", sha);
      return { folder, sha };
    },
    async run(lines, folder, environment) {
      const home = await mkdtemp(join(base, "homes", "home-"));
      const prefix = join(base, "prefix");
      const path = [join(prefix, "bin"), dirname(process.execPath), process.env.PATH].join(delimiter);
      for (const line of lines)
        await execute("bash", ["-e", "-c", line], {
          cwd: folder,
          env: {
            ...{ PATH: path, HOME: home, PAVE_HOME: join(home, ".pave"), npm_config_prefix: prefix },
            // this machine's downloads, so that 150 MB are not fetched again
            ...{ npm_config_cache: cache, npm_config_prefer_offline: "true", npm_config_audit: "false" },
            PAVE_PACKAGE: join(base, "pave.tgz"),
            ...{ PAVE_URL: serverUrl(), NO_COLOR: "1", CI: "true" },
            ...networkSettings,
            ...environment,
          },
          timeout: 240_000,
        });
    },
    path: (name) => join(base, name),
    remove: () => rm(base, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }),
  };
}

/** The `run:` lines of a job of GitHub's workflow file. */
export function githubLines(files: WorkflowFiles, job: string): readonly string[] {
  const workflow = parse(files.get(".github/workflows/pave.yml")?.content.toString() ?? "");
  return workflow.jobs[job].steps.flatMap((step: { run?: string }) => (step.run ? [step.run] : []));
}
