import type { ResolvedComponent } from "./create-components.ts";

/** The param that names a connection, of a component that reads through one: code of ours alone is given one. */
export const connectionParamOf = (component: ResolvedComponent | undefined): string | undefined =>
  component?.builtin === null ? undefined : component?.spec.run.connection;
