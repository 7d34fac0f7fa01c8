import type { RepositoryProvider } from "@pave/contract";
import { repositoryPath } from "./repository.ts";

export type CommitState = "pending" | "success" | "failure";

export interface CommitStatus {
  readonly url: string;
  readonly commit: string;
  readonly state: CommitState;
  readonly description: string;
  /** The page in the portal. */
  readonly targetUrl: string;
}

export interface StatusRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * How each host is told of a commit.
 * https://docs.github.com/en/rest/commits/statuses · https://docs.gitlab.com/api/commits/ · Gitea's API has GitHub's form.
 */
export function statusRequest(provider: RepositoryProvider, status: CommitStatus, token: string): StatusRequest {
  const { origin, hostname } = new URL(status.url);
  const path = repositoryPath(status.url);
  const description = status.description.slice(0, 140);
  const common = { "content-type": "application/json", "user-agent": "pave" };
  switch (provider) {
    case "github": {
      const api = hostname === "github.com" ? "https://api.github.com" : `${origin}/api/v3`;
      return {
        url: `${api}/repos/${path}/statuses/${status.commit}`,
        headers: { ...common, accept: "application/vnd.github+json", authorization: `Bearer ${token}` },
        body: JSON.stringify({ state: status.state, context, description, target_url: status.targetUrl }),
      };
    }
    case "gitea":
      return {
        url: `${origin}/api/v1/repos/${path}/statuses/${status.commit}`,
        headers: { ...common, authorization: `token ${token}` },
        body: JSON.stringify({ state: status.state, context, description, target_url: status.targetUrl }),
      };
    case "gitlab":
      return {
        url: `${origin}/api/v4/projects/${encodeURIComponent(path)}/statuses/${status.commit}`,
        headers: { ...common, "private-token": token },
        body: JSON.stringify({
          state: gitLabStates[status.state],
          name: context,
          description,
          target_url: status.targetUrl,
        }),
      };
  }
}

const context = "pave";
const gitLabStates = { pending: "running", success: "success", failure: "failed" } as const;

/** The header with which git signs in; each host takes the token as half of a name and password. */
export function fetchHeader(provider: RepositoryProvider, token: string): string {
  const pair = provider === "gitea" ? `${token}:x-oauth-basic` : `x-access-token:${token}`;
  return `Authorization: Basic ${Buffer.from(pair).toString("base64")}`;
}
