export { discussionRoutes } from "./discussion-routes.ts";
