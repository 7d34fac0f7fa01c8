import { type ProjectSpec, projectSpecSchema } from "@pave/contract";
import { parseSpec, type SpecDocument } from "../../kernel/spec/index.ts";

export const specPath = "pave.yaml";

/** Holds a pave.yaml against its schema; what its parts refer to is the business of `checkProject`. */
export const parseProjectSpec = (text: string, path: string = specPath): SpecDocument<ProjectSpec> =>
  parseSpec(text, path, projectSpecSchema);
