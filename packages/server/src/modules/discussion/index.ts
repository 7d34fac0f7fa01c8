export { renameSubjects } from "./comments-store.ts";
export { discussionRoutes } from "./discussion-routes.ts";
export { subjectWords } from "./subject-words.ts";
