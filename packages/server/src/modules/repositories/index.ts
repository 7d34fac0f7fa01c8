export { createRepositories, type Repositories } from "./create-repositories.ts";
export { pushesChannel } from "./pushes-channel.ts";
export type { RepositoriesDeps } from "./repositories-deps.ts";
