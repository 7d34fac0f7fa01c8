export { createRepositories } from "./create-repositories.ts";
export { pushesChannel } from "./pushes-channel.ts";
