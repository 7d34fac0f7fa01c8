import { z } from "zod";
import { parseIssuer } from "../parse-issuer.ts";
import { list, type SettingGroup } from "./setting.ts";

const issuers = list.transform((entries, issues) => {
  for (const entry of entries) {
    const issuer = parseIssuer(entry);
    if (typeof issuer === "string") issues.addIssue(issuer);
  }
  return entries;
});

/** Who may come in. */
export const peopleSettings = {
  laptop: {
    env: "PAVE_LAPTOP",
    type: z.enum(["auto", "true", "false", "1", "0"]).default("auto"),
    help: "A platform for one person, whose production lets one approve one's own plans; every plan shows it. auto: yes with the embedded database on a loopback address.",
  },
  passwords: {
    env: "PAVE_PASSWORDS",
    type: z.enum(["on", "off"]).default("on"),
    help: "Whether people may sign in with passwords of their own. There is none until somebody sets one.",
  },
  terminalDays: {
    env: "PAVE_TERMINAL_DAYS",
    type: z.coerce.number().int().min(1).max(366).default(30),
    help: "Days that a terminal stays signed in after `pave login`.",
  },
  ciIssuers: {
    env: "PAVE_CI_ISSUERS",
    type: issuers.prefault("https://token.actions.githubusercontent.com=github,https://gitlab.com=gitlab"),
    help: "Outside CI whose jobs can be trusted, as URL=github or URL=gitlab, comma-separated. The server reads their keys there, over https; http is taken for this machine itself only.",
  },
} as const satisfies SettingGroup;

/** Signing in by an OpenID provider. */
export const providerSettings = {
  oidcIssuer: {
    env: "PAVE_OIDC_ISSUER",
    type: z
      .string()
      .refine((text) => text === "" || isProviderUrl(text), "expected an https URL (http only on loopback)")
      .default(""),
    help: "Issuer of the OpenID provider by which people sign in, exactly as it writes it; none without it.",
  },
  oidcClientId: {
    env: "PAVE_OIDC_CLIENT_ID",
    type: z.string().default(""),
    help: "Id of this platform at the provider. Its redirect URI there is <PAVE_PUBLIC_URL>/oidc/callback, its back-channel logout URI <PAVE_PUBLIC_URL>/oidc/logout.",
  },
  oidcClientSecretFile: {
    env: "PAVE_OIDC_CLIENT_SECRET_FILE",
    type: z.string().default(""),
    help: "File with the secret of that client; none for a public client.",
  },
  oidcName: {
    env: "PAVE_OIDC_NAME",
    type: z.string().max(60).default(""),
    help: "The provider's name on the sign-in page; its host unless told otherwise.",
  },
  oidcScopes: {
    env: "PAVE_OIDC_SCOPES",
    type: z.string().default("openid email profile"),
    help: "Scopes that are asked for, separated by spaces; add the one that has groups, if the provider has such.",
  },
  oidcNameClaim: {
    env: "PAVE_OIDC_NAME_CLAIM",
    type: z.string().min(1).default("preferred_username"),
    help: "Claim that names are made from.",
  },
  oidcEmailVerifiedClaim: {
    env: "PAVE_OIDC_EMAIL_VERIFIED_CLAIM",
    type: z.string().min(1).default("email_verified"),
    help: "Claim that says whether the e-mail address is verified; only then it joins an invitation.",
  },
  oidcGroupsClaim: {
    env: "PAVE_OIDC_GROUPS_CLAIM",
    type: z.string().min(1).default("groups"),
    help: "Claim with the groups of a person.",
  },
  oidcGroupsFile: {
    env: "PAVE_OIDC_GROUPS_FILE",
    type: z.string().default(""),
    help: "YAML file that says which teams and roles each group gives; read again at every sign-in.",
  },
  oidcAllowedDomains: {
    env: "PAVE_OIDC_ALLOWED_DOMAINS",
    type: list.default([]),
    help: "E-mail domains whose people may come without an invitation, comma-separated.",
  },
  oidcAllowedGroups: {
    env: "PAVE_OIDC_ALLOWED_GROUPS",
    type: list.default([]),
    help: "Groups whose people may come without an invitation, comma-separated.",
  },
  oidcTimeoutSeconds: {
    env: "PAVE_OIDC_TIMEOUT_SECONDS",
    type: z.coerce.number().min(0.1).max(60).default(10),
    help: "How long the provider may take for one answer.",
  },
} as const satisfies SettingGroup;

/** TLS everywhere but on this machine: tokens that sign people in pass there. */
function isProviderUrl(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || url.username || url.search || url.hash) return false;
  return (
    url.protocol === "https:" ||
    (url.protocol === "http:" && ["127.0.0.1", "localhost", "[::1]"].includes(url.hostname))
  );
}
