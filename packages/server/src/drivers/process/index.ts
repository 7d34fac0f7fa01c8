export { lockDataFolder } from "./data-folder-lock.ts";
export { identityOf, isAlive } from "./process-life.ts";
export { reachableRoot } from "./reachable.ts";
