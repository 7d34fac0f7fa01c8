import type { ProtocolRoute } from "../../../http/protocol.ts";

/** The version of MLflow whose protocol this is; clients send some things only to servers that are new enough. */
const protocolVersion = "3.11.1";

const plain = (path: string, text: string): ProtocolRoute => ({
  method: "GET",
  path,
  permission: "public",
  handle: async () => ({ status: 200, headers: { "content-type": "text/plain; charset=utf-8" }, body: text }),
});

/** What clients ask of the server before they trust it. A workspace is a project. */
export const serverRoutes = ({ direct }: { readonly direct: () => boolean }): readonly ProtocolRoute[] => [
  plain("/health", "OK"),
  plain("/version", protocolVersion),
  ...["/api/3.0", "/ajax-api/3.0"].map(
    (place): ProtocolRoute => ({
      method: "GET",
      path: `${place}/mlflow/server-info`,
      permission: "public",
      handle: async () => ({
        status: 200,
        body: {
          store_type: "SqlStore",
          workspaces_enabled: true,
          // clients believe it: said only where they can reach the store
          multipart_uploads_enabled: direct(),
          multipart_downloads_enabled: direct(),
        },
      }),
    }),
  ),
];
