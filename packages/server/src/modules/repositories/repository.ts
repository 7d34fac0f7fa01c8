import type { RepositoryProvider } from "@pave/contract";
import type { Sealed } from "../secrets/index.ts";

/** A git repository whose pushes do what its CI would: checked, run, released. One of a project. */
export interface RepositoryRow {
  readonly id: string;
  readonly projectId: string;
  readonly project: string;
  readonly provider: RepositoryProvider;
  /** To fetch from; without a name, a password and a query. */
  readonly url: string;
  /** Where the project lies in it; "" is its root. */
  readonly folder: string;
  /** Pushes to it are run and released; those to others are only checked. */
  readonly branch: string;
  /** Null: the only one of pave.yaml. */
  readonly pipeline: string | null;
  /** Null: nothing is released. */
  readonly deployTo: string | null;
  readonly webhookSecret: Sealed;
  readonly accessToken: Sealed | null;
  /** The service account as which pushes act. */
  readonly principalId: string;
  readonly createdBy: string;
  readonly createdAt: Date;
}

/** What a sealed value of a repository is for. */
export const sealContext = (id: string, what: "webhook-secret" | "access-token"): string => `repository/${id}/${what}`;

/** `team/flights` of `https://git.example.com/team/flights.git`, as APIs and webhooks name it. */
export const repositoryPath = (url: string): string =>
  new URL(url).pathname
    .replace(/^\/+/, "")
    .replace(/\/+$/, "")
    .replace(/\.git$/, "");
