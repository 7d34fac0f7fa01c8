import { type EditorSchemaName, editorSchema, editorSchemaNames } from "@pave/contract";
import type { FastifyInstance } from "fastify";

/**
 * `/schemas/pave.schema.json` and its siblings, for editors, which send no token: no sign-in, and nothing in them that is
 * not in every copy of Pave. The URLs stay as they are: files name them in their first line.
 */
export function serveSchemas(server: FastifyInstance): void {
  const made = new Map<EditorSchemaName, string>();
  for (const name of editorSchemaNames)
    server.get(`/schemas/${name}.schema.json`, async (_request, reply) => {
      const text = made.get(name) ?? JSON.stringify(editorSchema(name), null, 1);
      made.set(name, text);
      return reply.header("cache-control", "no-cache").type("application/schema+json; charset=utf-8").send(text);
    });
}
