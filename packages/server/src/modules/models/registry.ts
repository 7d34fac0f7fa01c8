/** Stages of MLflow's registry; aliases have taken their place, and clients still ask. */
export const stages = ["None", "Staging", "Production", "Archived"] as const;
export type Stage = (typeof stages)[number];

/** A version as clients of the registry see it. */
export interface RegistryVersion {
  readonly model: string;
  readonly version: number;
  readonly projectId: string;
  readonly artifactId: string;
  readonly description: string;
  readonly stage: Stage;
  readonly source: string;
  readonly trackedRunId: string | null;
  readonly loggedModelId: string | null;
  readonly runLink: string;
  readonly status: string;
  readonly statusMessage: string;
  readonly userName: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly tags: Readonly<Record<string, string>>;
  readonly aliases: readonly string[];
}

export interface RegistryModel {
  readonly name: string;
  readonly projectId: string;
  readonly project: string;
  readonly description: string;
  readonly userName: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly tags: Readonly<Record<string, string>>;
  readonly aliases: Readonly<Record<string, number>>;
}
