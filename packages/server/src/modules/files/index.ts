export { type FilesRoutesDeps, filesRoutes } from "./files-routes.ts";
