import type { ArtifactType, FileEntry } from "@pave/contract";
import type { BoundConnection } from "../connections/index.ts";
import type { RetryPolicy } from "./retry-policy.ts";

/** Where an input comes from. */
export type Binding =
  | { readonly from: "step"; readonly step: string; readonly output: string }
  | { readonly from: "file"; readonly file: FileEntry }
  | { readonly from: "artifact"; readonly artifactId: string };

export interface InputPortDefinition {
  readonly type: ArtifactType;
  readonly formats: readonly string[] | null;
  readonly required: boolean;
}

export interface OutputPortDefinition {
  readonly type: ArtifactType;
  /** Null: any. */
  readonly formats: readonly string[] | null;
  readonly required: boolean;
}

/** Everything needed to execute a command step, resolved when the run was made: nothing that changes later counts. */
export interface CommandDefinition {
  readonly kind: "command";
  readonly component: {
    readonly name: string;
    readonly version: string;
    readonly digest: string;
    /** Name of the built-in component's folder; null for a component of the project. */
    readonly builtin: string | null;
  };
  readonly command: readonly string[];
  /** Its code may register models by itself; missing: it may not. */
  readonly registers?: boolean;
  /** Files of the working folder, with paths relative to it; none for a built-in component that runs in its own. */
  readonly code: readonly FileEntry[];
  readonly params: Readonly<Record<string, unknown>>;
  readonly bindings: Readonly<Record<string, Binding>>;
  readonly inputs: Readonly<Record<string, InputPortDefinition>>;
  readonly outputs: Readonly<Record<string, OutputPortDefinition>>;
  /** Values of the variables that the component declares. */
  readonly vars: Readonly<Record<string, unknown>>;
  /** Of its process, beside what the platform sets; `${{ secrets.NAME }}` stands in it as it is. */
  readonly env?: Readonly<Record<string, string>>;
  /** Names of the secrets in it. */
  readonly secrets?: readonly string[];
  /** What it reads through, of a component that does. */
  readonly connection?: BoundConnection;
  readonly needsPython: boolean;
  readonly compute: string;
  readonly requests: { readonly cpu: number | null; readonly memory: string | null };
  readonly limits: { readonly timeoutMs: number; readonly memoryBytes: number | null; readonly cpu: number | null };
  readonly retries: RetryPolicy;
  readonly cache: "auto" | "off" | "refresh";
}

/** Registers what a step made as a version of a model, after the model was loaded and scored. */
export interface RegisterDefinition {
  readonly kind: "register";
  readonly model: string;
  readonly from: { readonly step: string; readonly output: string };
  readonly evaluation: { readonly step: string; readonly output: string } | null;
  /** The project's file with the text of the model card. */
  readonly card: FileEntry | null;
  readonly retries: RetryPolicy;
}

export type StepDefinition = CommandDefinition | RegisterDefinition;

/** The other end of a binding as people read it: `split.train`, `data/flights.parquet`. */
export function bindingText(binding: Binding): string {
  switch (binding.from) {
    case "step":
      return `${binding.step}.${binding.output}`;
    case "file":
      return binding.file.path;
    case "artifact":
      return `artifact ${binding.artifactId}`;
  }
}
