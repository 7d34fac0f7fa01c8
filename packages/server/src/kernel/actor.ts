/** What an actor's token allows. Roles on projects are looked up; these bound them. */
export interface Grant {
  readonly tokenId: string | null;
  readonly tokenKind: "session" | "api" | "run" | "runner" | "gateway" | "link";
  readonly platformAdmin: boolean;
  /** Permissions the token is limited to; null means all of its principal's. */
  readonly scopes: readonly string[] | null;
  /** The only project the token is good for; null means all of its principal's. */
  readonly projectId: string | null;
  /** The event that all it does is a consequence of: the exchange of a token of CI, with what that said of its job. */
  readonly causeId?: string | null;
}

/** Who acts. Every use case has one; every row and event that says who, says it by `principalId`. */
export interface Actor {
  readonly principalId: string;
  readonly kind: "user" | "team" | "service-account" | "run" | "agent";
  readonly name: string;
  /** How it came about: a person's click, a schedule, an alert, the platform itself. */
  readonly actorKind: "person" | "agent" | "schedule" | "alert" | "system";
  /** `unlimited` is the platform acting for itself. */
  readonly grant: Grant | "unlimited";
}

/** The platform's own service account, made by the first start. */
export const systemActor: Actor = {
  principalId: "system",
  kind: "service-account",
  name: "pave",
  actorKind: "system",
  grant: "unlimited",
};
