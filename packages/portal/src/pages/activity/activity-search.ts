/** What the feed is narrowed to; the URL says it. */
export interface ActivitySearch {
  readonly who?: string;
  readonly type?: string;
  readonly subject?: string;
  readonly days?: string;
  readonly routine?: string;
}

export const parseActivitySearch = (search: Record<string, unknown>): ActivitySearch => {
  const names = ["who", "type", "subject", "days", "routine"] as const;
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = search[name];
      const text = typeof value === "number" ? String(value) : value;
      return typeof text === "string" && text !== "" ? [[name, text]] : [];
    }),
  );
};

export const typeChoices = [
  { value: "run", label: "Runs" },
  { value: "plan", label: "Plans" },
  { value: "release", label: "Releases" },
  { value: "rollout", label: "Rollouts" },
  { value: "alert", label: "Alerts" },
  { value: "model", label: "Models" },
  { value: "revision", label: "Revisions" },
  { value: "environment", label: "Environments" },
  { value: "deployment", label: "Deployments" },
  { value: "gates", label: "Gates" },
  { value: "project", label: "Projects" },
  { value: "member", label: "Members" },
  { value: "team", label: "Teams" },
  { value: "principal", label: "People and accounts" },
  { value: "token", label: "Tokens" },
  { value: "session", label: "Sign-ins" },
];

export const dayChoices = [
  { value: "1", label: "Last 24 hours" },
  { value: "7", label: "Last 7 days" },
  { value: "30", label: "Last 30 days" },
];

/** What the server is asked; the time is of the full minute, so that the same page is the same question. */
export function activityQueryOf({ who, type, subject, days, routine }: ActivitySearch, now: number) {
  const isDays = dayChoices.some(({ value }) => value === days);
  const minute = Math.floor(now / 60_000) * 60_000;
  return {
    ...(who ? { principal: who } : {}),
    ...(type ? { type } : {}),
    ...(subject ? { subject } : {}),
    ...(isDays ? { from: new Date(minute - Number(days) * 86_400_000).toISOString() } : {}),
    ...(routine === "true" || type === "token" || type === "session" ? { routine: "true" as const } : {}),
  };
}

/** `Sunday 29 November 2026`: events stand below their day. */
export const dayOf = (at: string): string =>
  new Date(at).toLocaleDateString("en-GB", { weekday: "long", day: "numeric", month: "long", year: "numeric" });
