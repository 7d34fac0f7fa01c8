import { createHash } from "node:crypto";
import { chmod, mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { CliError, exitCodes } from "../command.ts";
import { environment } from "../environment.ts";
import { expiryOf, OauthRefusal, type OauthToken, postForm } from "./oauth.ts";

/*
 * In a job of CI nothing is stored: the CI vouches for the job with a token of its own, and the server exchanges it for
 * one that is good for the project and for an hour (docs/sign-in.md).
 */

export interface JobToken {
  readonly token: string;
  readonly expiresAt: string;
}

export interface JobTokenOptions {
  readonly url: string;
  readonly project: string | undefined;
  /** Where the token is kept for the job's next command. */
  readonly folder: string;
}

/** What the CI of this job offers. `undefined` is no job, or one of a CI that vouches for nobody. */
type Source =
  | { readonly kind: "github"; readonly requestUrl: string; readonly requestToken: string }
  | { readonly kind: "given"; readonly idToken: string };

const leftMs = 5 * 60_000;
const tries = 4;

function findSource(): Source | undefined {
  const { PAVE_ID_TOKEN, ACTIONS_ID_TOKEN_REQUEST_URL, ACTIONS_ID_TOKEN_REQUEST_TOKEN } = environment();
  if (PAVE_ID_TOKEN) return { kind: "given", idToken: PAVE_ID_TOKEN.trim() };
  if (ACTIONS_ID_TOKEN_REQUEST_URL && ACTIONS_ID_TOKEN_REQUEST_TOKEN)
    return {
      kind: "github",
      requestUrl: ACTIONS_ID_TOKEN_REQUEST_URL,
      requestToken: ACTIONS_ID_TOKEN_REQUEST_TOKEN,
    };
  return undefined;
}

/** Can this job sign in by itself? Throws where it is a job that could but was not let: the fix is in its file. */
export function isJob(url: string): boolean {
  if (findSource()) return true;
  const { GITHUB_ACTIONS, GITLAB_CI } = environment();
  if (GITHUB_ACTIONS === "true")
    throw new CliError("GitHub gives this job no ID token", {
      fix: "Add `permissions: { contents: read, id-token: write }` to the job. A pull request from a fork gets none.",
      exitCode: exitCodes.denied,
    });
  if (GITLAB_CI === "true")
    throw new CliError("This job has no PAVE_ID_TOKEN", {
      fix: `Add \`id_tokens: { PAVE_ID_TOKEN: { aud: ${url} } }\` to the job.`,
      exitCode: exitCodes.denied,
    });
  return false;
}

/** The job's token: the one of its last command while that is good, else a new one. */
export async function jobToken(options: JobTokenOptions): Promise<JobToken> {
  const source = findSource();
  if (!source) throw new Error("no job");
  const { url, project } = options;
  if (project === undefined)
    throw new CliError("Which project does this job act in?", {
      fix: "Call `pave` in the project's folder, or set PAVE_PROJECT.",
    });
  if (url.startsWith("http:") && !/^http:\/\/(127\.0\.0\.1|localhost|\[::1\])(:|$)/.test(url))
    throw new CliError(`${url} is plain http: whoever is on the way could take the job's token`, {
      fix: "Use https in PAVE_URL.",
    });
  const key = createHash("sha256")
    .update(JSON.stringify([url, project, source]))
    .digest("hex");
  const kept = await readKept(options.folder, key);
  if (kept) return kept;
  const made = await exchange(source, { ...options, project, key });
  await keep(options.folder, key, made);
  return made;
}

async function exchange(
  source: Source,
  options: JobTokenOptions & { readonly project: string; readonly key: string },
): Promise<JobToken> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const answer = await postForm<OauthToken>(options.url, "/oauth/token", {
        grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
        subject_token_type: "urn:ietf:params:oauth:token-type:id_token",
        subject_token: await idTokenOf(source, options.url),
        project: options.project,
      });
      return { token: answer.access_token, expiresAt: expiryOf(answer) };
    } catch (error) {
      if (!(error instanceof OauthRefusal) || attempt === tries) throw error;
      // a command beside this one had the same token and was faster: what it got is ours too
      const isTwin = source.kind === "given" && error.code === "access.assertion_used";
      if (!isTwin && error.oauthCode !== "temporarily_unavailable") throw error;
      await delay(attempt * 500);
      const kept = isTwin ? await readKept(options.folder, options.key) : undefined;
      if (kept) return kept;
      if (isTwin && attempt === 2) throw error;
    }
  }
}

/** GitHub makes one at each call, for the audience that is asked for. */
async function idTokenOf(source: Source, audience: string): Promise<string> {
  if (source.kind === "given") return source.idToken;
  const refuse = (why: string) =>
    new CliError(`GitHub gave no ID token: ${why}`, {
      fix: "Run the job again; it needs `permissions: { id-token: write }`.",
      exitCode: exitCodes.unreachable,
    });
  const separator = source.requestUrl.includes("?") ? "&" : "?";
  const response = await fetch(`${source.requestUrl}${separator}audience=${encodeURIComponent(audience)}`, {
    headers: { authorization: `bearer ${source.requestToken}`, accept: "application/json" },
    signal: AbortSignal.timeout(15_000),
  }).catch(() => {
    throw refuse("it does not answer");
  });
  const body = (await response.json().catch(() => undefined)) as { value?: unknown } | undefined;
  if (!response.ok || typeof body?.value !== "string") throw refuse(`it answered ${response.status}`);
  return body.value;
}

const fileOf = (folder: string): string => join(folder, "job-token.json");

interface Kept extends JobToken {
  readonly key: string;
}

async function readKept(folder: string, key: string): Promise<JobToken | undefined> {
  try {
    const kept = JSON.parse(await readFile(fileOf(folder), "utf8")) as Kept;
    return kept.key === key && Date.parse(kept.expiresAt) - Date.now() > leftMs ? kept : undefined;
  } catch {
    return undefined;
  }
}

/** A folder that cannot be written only means that each command asks for its own. */
async function keep(folder: string, key: string, { token, expiresAt }: JobToken): Promise<void> {
  const draft = `${fileOf(folder)}.${process.pid}.tmp`;
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeFile(draft, JSON.stringify({ key, token, expiresAt }), { mode: 0o600 });
    await chmod(draft, 0o600);
    await rename(draft, fileOf(folder));
  } catch {
    // see above
  }
}
