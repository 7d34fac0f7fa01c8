export { parseReference } from "./component-reference.ts";
export { connectionParamOf } from "./connection-param.ts";
export { type Components, createComponents, type ResolvedComponent } from "./create-components.ts";
export { isRequired, paramProblem } from "./param-value.ts";
export { projectPath } from "./resolve-project-component.ts";
export { runsOursAlone } from "./runs-ours-alone.ts";
