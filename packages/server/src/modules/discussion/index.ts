export { discussionRoutes } from "./discussion-routes.ts";
export type { FindSubject } from "./write-comment.ts";
