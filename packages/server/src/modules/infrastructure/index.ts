export { createInfrastructure, type Infrastructure } from "./create-infrastructure.ts";
export { infrastructureRoutes } from "./infrastructure-routes.ts";
export { createLocalProvisioner } from "./provisioners/local.ts";
