import { createHash } from "node:crypto";
import type { RepositoryProvider } from "@pave/contract";
import { z } from "zod";
import { PaveError } from "../../kernel/pave-error.ts";

type Headers = Readonly<Record<string, string | undefined>>;

export interface Push {
  /** What makes a second delivery the same: the signed body, or the host's own name of it where nothing is signed. */
  readonly deliveryId: string;
  readonly branch: string;
  readonly commit: string;
  readonly message: string;
  readonly author: string;
  /** `team/flights`, whose push it is. */
  readonly path: string;
}

/** What a delivery says: a push, or why there is nothing to do. Throws `request.invalid` for what is no delivery of the host. */
export function readPush(provider: RepositoryProvider, headers: Headers, body: Buffer): Push | { ignored: string } {
  const kind = headers[names[provider].event] ?? "";
  if (!pushKinds.includes(kind)) return { ignored: kind === "ping" ? "ping" : `the event ${kind || "without a name"}` };
  const { ref, after, ...rest } = parse(provider, body);
  const branch = /^refs\/heads\/(.+)$/.exec(ref)?.[1];
  if (branch === undefined) return { ignored: `${ref} is no branch` };
  if (/^0+$/.test(after)) return { ignored: `${branch} was deleted` };
  const deliveryId = deliveryOf(provider, headers, body) ?? `${branch}@${after}`;
  return { deliveryId, branch, commit: after, ...rest };
}

/**
 * GitHub and Gitea sign the body and not the header that names the delivery: by that name somebody who has seen an old
 * push could send it again, and have the old commit released. GitLab signs nothing; its secret is all that there is.
 */
const deliveryOf = (provider: RepositoryProvider, headers: Headers, body: Buffer): string | undefined =>
  provider === "gitlab" ? headers["x-gitlab-event-uuid"] : `sha256:${createHash("sha256").update(body).digest("hex")}`;

const names = {
  github: { event: "x-github-event" },
  gitea: { event: "x-gitea-event" },
  gitlab: { event: "x-gitlab-event" },
} as const satisfies Record<RepositoryProvider, { event: string }>;
const pushKinds = ["push", "Push Hook"];

const text = z.string().max(1000).catch("");
const common = z.object({
  ref: z.string().max(500),
  after: z.string().regex(/^([0-9a-f]{40}|[0-9a-f]{64})$/),
});
const ofGitHub = common.extend({
  head_commit: z
    .object({ message: z.string().catch(""), author: z.object({ name: text }).catch({ name: "" }) })
    .nullish(),
  pusher: z.object({ name: text.optional(), login: text.optional() }).nullish(),
  repository: z.object({ full_name: z.string().max(500) }),
});
const ofGitLab = common.extend({
  commits: z.array(z.object({ id: z.string(), message: z.string().catch("") })).catch([]),
  user_name: text,
  project: z.object({ path_with_namespace: z.string().max(500) }),
});

function parse(
  provider: RepositoryProvider,
  body: Buffer,
): Omit<Push, "deliveryId" | "branch" | "commit"> & z.infer<typeof common> {
  const given = jsonOf(body);
  if (provider === "gitlab") {
    const { ref, after, commits, user_name, project } = checked(ofGitLab, given);
    const message = commits.find(({ id }) => id === after)?.message ?? "";
    return { ref, after, message: firstLine(message), author: user_name, path: project.path_with_namespace };
  }
  const { ref, after, head_commit, pusher, repository } = checked(ofGitHub, given);
  const author = head_commit?.author.name || pusher?.name || pusher?.login || "";
  return { ref, after, message: firstLine(head_commit?.message ?? ""), author, path: repository.full_name };
}

function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    throw new PaveError("request.invalid", "The body of the webhook is no JSON", {
      fix: "Set its content type to application/json where the webhook is set up.",
    });
  }
}

function checked<T extends z.ZodType>(schema: T, value: unknown): z.output<T> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new PaveError(
    "request.invalid",
    `The body of the webhook is no push: ${issue?.path.join(".") || "body"}: ${issue?.message ?? "is not valid"}`,
    { fix: "Check that the webhook is of the host that the repository was connected with." },
  );
}

const firstLine = (message: string): string => (message.split("\n")[0] ?? "").slice(0, 200);
