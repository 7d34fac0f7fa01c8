import type { ResolvedComponent } from "./create-components.ts";

/**
 * Does its process run code of Pave's and nothing of the project? Then it takes no variables either: the programs that
 * run it load code from some (NODE_OPTIONS), which would read a connection's password or write the metrics of a model.
 */
export const runsOursAlone = ({ builtin, spec }: ResolvedComponent): boolean =>
  builtin !== null && spec.run.folder !== "project";
