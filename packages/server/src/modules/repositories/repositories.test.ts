import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { readPush } from "./read-push.ts";
import { fetchHeader, statusRequest } from "./status-request.ts";
import { bringsProof, isSigned } from "./verify-signature.ts";

const commit = "0123456789abcdef0123456789abcdef01234567";
const bytes = (value: unknown) => Buffer.from(JSON.stringify(value));

describe("a signature", () => {
  // from GitHub's own documentation of validating deliveries
  const secret = "It's a Secret to Everybody";
  const body = Buffer.from("Hello, World!");
  const known = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";

  it.each([
    ["github", "x-hub-signature-256", `sha256=${known}`, true],
    ["github", "x-hub-signature-256", known, false],
    ["github", "x-hub-signature-256", `sha256=${known.replace("7", "8")}`, false],
    ["github", "x-hub-signature", `sha1=${"0".repeat(40)}`, false],
    ["github", "x-gitea-signature", known, false],
    ["gitea", "x-gitea-signature", known, true],
    ["gitea", "x-gitea-signature", known.toUpperCase(), false],
    ["gitea", "x-gitea-signature", "", false],
    ["gitlab", "x-gitlab-token", secret, true],
    ["gitlab", "x-gitlab-token", `${secret} `, false],
    ["gitlab", "x-gitlab-token", "é".repeat(13), false],
    ["gitlab", "x-hub-signature-256", `sha256=${known}`, false],
  ] as const)("of %s in %s is taken only when it fits", (provider, header, value, fits) => {
    expect(isSigned(provider, { [header]: value }, body, secret)).toBe(fits);
    expect(isSigned(provider, {}, body, secret)).toBe(false);
  });

  it.each([
    ["github", "x-hub-signature-256"],
    ["gitea", "x-gitea-signature"],
    ["gitlab", "x-gitlab-token"],
  ] as const)("of %s is looked for before megabytes are read", (provider, header) => {
    expect(bringsProof(provider, { [header]: "" })).toBe(true);
    expect(bringsProof(provider, { "x-github-event": "push" })).toBe(false);
  });

  it("is of these bytes and no others", () => {
    const mac = createHmac("sha256", secret).update(body).digest("hex");
    expect(isSigned("gitea", { "x-gitea-signature": mac }, Buffer.from("Hello, World?"), secret)).toBe(false);
  });
});

describe("a push", () => {
  const gitHub = {
    ref: "refs/heads/try/this",
    after: commit,
    head_commit: { message: "Better splits\n\nmore", author: { name: "Ada" } },
    repository: { full_name: "acme/flights" },
  };
  const gitLab = {
    object_kind: "push",
    ref: "refs/heads/main",
    after: commit,
    commits: [{ id: commit, message: "Better splits\n" }],
    user_name: "Ada",
    project: { path_with_namespace: "acme/ml/flights" },
  };

  it("says the same whoever tells of it", () => {
    const headers = { "x-github-event": "push", "x-github-delivery": "d-1" };
    expect(readPush("github", headers, bytes(gitHub))).toEqual({
      deliveryId: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
      branch: "try/this",
      commit,
      message: "Better splits",
      author: "Ada",
      path: "acme/flights",
    });
    const ofGitLab = { "x-gitlab-event": "Push Hook", "x-gitlab-event-uuid": "d-2" };
    expect(readPush("gitlab", ofGitLab, bytes(gitLab))).toEqual({
      deliveryId: "d-2",
      branch: "main",
      commit,
      message: "Better splits",
      author: "Ada",
      path: "acme/ml/flights",
    });
  });

  it("that was signed is the same whatever its unsigned headers say, and another when a word of it is", () => {
    const idOf = (delivery: string, more = {}) => {
      const headers = { "x-github-event": "push", "x-github-delivery": delivery };
      const push = readPush("github", headers, bytes({ ...gitHub, ...more }));
      return "deliveryId" in push ? push.deliveryId : undefined;
    };
    expect(idOf("d-2")).toBe(idOf("d-1"));
    expect(idOf("d-1", { before: "0".repeat(40) })).not.toBe(idOf("d-1"));
  });

  it.each([
    ["a ping", "ping", gitHub, "ping"],
    ["an issue", "issues", gitHub, "the event issues"],
    ["no event", undefined, gitHub, "the event without a name"],
    ["a tag", "push", { ...gitHub, ref: "refs/tags/v1" }, "refs/tags/v1 is no branch"],
    ["a branch that is deleted", "push", { ...gitHub, after: "0".repeat(40) }, "try/this was deleted"],
  ])("is not %s", (_, event, body, ignored) => {
    expect(readPush("github", { "x-github-event": event }, bytes(body))).toEqual({ ignored });
  });

  it.each([
    ["no JSON", Buffer.from("payload=%7B%7D"), /no JSON/],
    ["a list", bytes([]), /is no push: body/],
    ["a commit that is none", bytes({ ...gitHub, after: "--upload-pack=x" }), /is no push: after/],
    ["no repository", bytes({ ...gitHub, repository: null }), /is no push: repository/],
  ])("that is %s is refused", (_, body, message) => {
    expect(() => readPush("gitea", { "x-gitea-event": "push" }, body)).toThrow(message);
  });
});

describe("a commit status", () => {
  const status = {
    commit,
    state: "success",
    description: "x".repeat(200),
    targetUrl: "https://pave.acme/runs/1",
  } as const;
  it.each([
    ["github", "https://github.com/acme/flights", `https://api.github.com/repos/acme/flights/statuses/${commit}`],
    ["github", "https://git.acme.com/a/b.git", `https://git.acme.com/api/v3/repos/a/b/statuses/${commit}`],
    ["gitea", "https://git.acme.com:8443/a/b.git", `https://git.acme.com:8443/api/v1/repos/a/b/statuses/${commit}`],
    ["gitlab", "https://gitlab.com/a/b/c.git", `https://gitlab.com/api/v4/projects/a%2Fb%2Fc/statuses/${commit}`],
  ] as const)("goes to %s of %s", (provider, url, expected) => {
    const request = statusRequest(provider, { ...status, url }, "t0k3n");
    expect(request.url).toBe(expected);
    expect(JSON.parse(request.body).description).toHaveLength(140);
    expect(request.body).not.toContain("t0k3n");
    expect(Object.values(request.headers).join(" ")).toContain("t0k3n");
  });

  it("signs git in as each host takes a token", () => {
    const pair = (header: string) => Buffer.from(header.split(" ")[2] ?? "", "base64").toString();
    expect(pair(fetchHeader("github", "t"))).toBe("x-access-token:t");
    expect(pair(fetchHeader("gitea", "t"))).toBe("t:x-oauth-basic");
  });
});
