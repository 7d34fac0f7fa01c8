export { discussionRoutes } from "./discussion-routes.ts";
export { subjectWords } from "./subject-words.ts";
