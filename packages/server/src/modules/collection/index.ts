export { collectionRoutes } from "./collection-routes.ts";
export { collectionChannel, createCollection } from "./create-collection.ts";
