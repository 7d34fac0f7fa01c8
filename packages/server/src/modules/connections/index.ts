export { connectionCheckOwner, connectionCheckWork } from "./check-connection.ts";
export { connectionsRoutes } from "./connections-routes.ts";
export { type BoundConnection, type Connections, createConnections } from "./create-connections.ts";
