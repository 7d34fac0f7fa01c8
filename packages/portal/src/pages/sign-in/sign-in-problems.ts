/** What went wrong at the provider, by the code that the server sends the browser back with: what it means, what to do. */
const problems: Readonly<Record<string, { readonly title: (name: string) => string; readonly detail: string }>> = {
  "oidc.unavailable": {
    title: (name) => `${name} does not answer`,
    detail: "Try again in a moment. Everybody who is signed in stays so, and the other ways below work without it.",
  },
  "oidc.misconfigured": {
    title: (name) => `${name} does not accept this platform`,
    detail: "Tell a platform admin: the client's id, its secret or the redirect URI do not fit.",
  },
  "oidc.token_refused": {
    title: (name) => `What ${name} sent does not prove who you are`,
    detail: "Sign in again. If it goes on, tell a platform admin: issuer, client or clocks do not fit.",
  },
  "oidc.sign_in_lost": {
    title: () => "This sign-in is over",
    detail:
      "It began in another browser, took longer than ten minutes, or was answered before. Sign in again; cookies of this site must be allowed.",
  },
  "oidc.denied": {
    title: (name) => `${name} did not let you in`,
    detail: "Sign in again and agree there, or ask for the right to use this platform.",
  },
  "oidc.email_unverified": {
    title: () => "Your e-mail address is not verified",
    detail: "Verify it at the provider and sign in again: only a verified address joins an invitation.",
  },
  "oidc.not_invited": {
    title: () => "Nobody has invited you yet",
    detail: "Ask a platform admin to invite the e-mail address that you have at the provider.",
  },
  "oidc.account_disabled": {
    title: () => "You were removed from this platform",
    detail: "Ask a platform admin to invite you again.",
  },
  "oidc.account_conflict": {
    title: () => "Your e-mail address is taken here",
    detail: "Somebody with it signs in by another account. A platform admin removes the one that is no longer used.",
  },
  "oidc.off": {
    title: () => "This platform has no sign-in provider",
    detail: "Sign in another way.",
  },
  "request.rate_limited": {
    title: () => "Too many attempts",
    detail: "Wait a quarter of an hour, or sign in another way.",
  },
};

export interface SignInProblem {
  readonly code: string;
  /** Under this the server's log has the cause. */
  readonly id: string;
}

/** Only known codes are worded: a link must not put words of its own on this page. */
export function problemIn(search: string): SignInProblem | undefined {
  const query = new URLSearchParams(search);
  const code = query.get("problem") ?? "";
  if (!Object.hasOwn(problems, code)) return undefined;
  const id = query.get("id") ?? "";
  return { code, id: /^[0-9a-f-]{1,64}$/.test(id) ? id : "" };
}

export const wordsOf = ({ code }: SignInProblem, provider: string): { title: string; detail: string } => {
  const found = problems[code];
  return { title: found?.title(provider) ?? "The sign-in failed", detail: found?.detail ?? "Try again." };
};
