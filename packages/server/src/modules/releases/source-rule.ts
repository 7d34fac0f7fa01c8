import type { EnvironmentSpec, GateVerdict } from "@pave/contract";
import type { Ctx } from "../../db/context.ts";
import type { ReleaseRevision, ReleasesDeps, SourceCommit } from "./releases-deps.ts";

type Source = NonNullable<EnvironmentSpec["source"]>;

/** What an environment asks of the commit that a release comes from, as a verdict of the plan; none where it asks nothing. */
export async function sourceRule(
  deps: Pick<ReleasesDeps, "projects">,
  ctx: Ctx,
  environment: EnvironmentSpec,
  revision: ReleaseRevision,
): Promise<GateVerdict[]> {
  const { source } = environment;
  if (source === undefined) return [];
  const { verdict, detail } = judgeSource(source, await deps.projects.commitsOf(ctx, revision.id), revision.number);
  const check = `the release comes from a ${source.commit === "pushed" ? "clean, pushed" : "clean"} commit${source.branches ? ` on ${source.branches.join(" or ")}` : ""}`;
  return [
    { check, when: null, message: null, mode: "prevent", origin: `environment ${environment.name}`, verdict, detail },
  ];
}

/** Pure: does one of the commits do, and if not, what does the best of them lack? */
export function judgeSource(
  source: Source,
  commits: readonly SourceCommit[],
  revision: number,
): Pick<GateVerdict, "verdict" | "detail"> {
  const onBranch = (commit: SourceCommit) => source.branches?.some((branch) => matchesBranch(branch, commit.branch));
  const isPushed = (commit: SourceCommit) => source.commit === "clean" || commit.pushed;
  const lacksBranch = commits.find((commit) => isPushed(commit) && onBranch(commit) === false);
  const fits = commits.find((commit) => isPushed(commit) && onBranch(commit) !== false);
  if (fits) return { verdict: "pass", detail: `revision ${revision} is ${named(fits)}` };
  const [newest] = commits;
  const detail =
    newest === undefined
      ? `revision ${revision} has changes that are in no commit: commit them, and deploy again`
      : lacksBranch
        ? `revision ${revision} is ${named(lacksBranch)}: merge it, and deploy from there`
        : `revision ${revision} is ${named(newest)}, which was not pushed: \`git push\`, and deploy again`;
  return { verdict: "fail", detail };
}

const named = ({ commit, branch }: SourceCommit): string =>
  `commit ${commit.slice(0, 12)}${branch ? ` on ${branch}` : " on no branch"}`;

/** `*` stands for any text without a slash, `**` for any text, as in GitHub's filters of branches. */
function matchesBranch(pattern: string, branch: string): boolean {
  const parts = pattern.split(/(\*\*?)/).map((part) => {
    if (part === "**") return ".*";
    return part === "*" ? "[^/]*" : part.replace(/[.+?^${}()|[\]\\]/g, "\\$&");
  });
  return new RegExp(`^${parts.join("")}$`).test(branch);
}
