import type { SpecPath } from "../../../kernel/spec/index.ts";

/** Something wrong at a path of pave.yaml; the document turns it into a problem with line and column. */
export interface Finding {
  readonly path: SpecPath;
  /** The key is meant, not its value. */
  readonly key?: boolean;
  readonly message: string;
  readonly fix?: string;
}
