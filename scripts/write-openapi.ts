import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type RouteDefinition, type RouteName, routes } from "@pave/contract";
import { z } from "zod";

/** Writes the API reference from the route table; `--check` fails when the committed one is not that. */
const path = join(import.meta.dirname, "..", "packages", "contract", "openapi.json");

export function openApi(): unknown {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const name of Object.keys(routes) as RouteName[]) {
    const definition: RouteDefinition = routes[name];
    const url = `/api/v1${definition.path.replace(/:(\w+)/g, "{$1}")}`;
    paths[url] = { ...paths[url], [definition.method.toLowerCase()]: operation(name, definition) };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Pave",
      version: "1",
      description: "Every answer that failed carries `error` with code, message, fix and a page of the docs.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: "http://127.0.0.1:4700" }],
    security: [{ token: [] }, { session: [] }],
    paths,
    components: {
      securitySchemes: {
        token: { type: "http", scheme: "bearer" },
        session: { type: "apiKey", in: "cookie", name: "pave_session" },
      },
    },
  };
}

function operation(name: string, definition: RouteDefinition): unknown {
  const success =
    definition.raw === "response"
      ? { "application/octet-stream": {} }
      : definition.raw === "events"
        ? { "text/event-stream": {} }
        : { "application/json": { schema: schemaOf(definition.response, "output") } };
  return {
    operationId: name,
    summary: definition.summary,
    tags: [definition.path.split("/").find((part) => part && !part.startsWith(":")) ?? "system"],
    "x-permission": definition.permission,
    ...(definition.permission === "public" ? { security: [] } : {}),
    parameters: [...parametersOf(definition.params, "path"), ...parametersOf(definition.query, "query")],
    ...(definition.raw === "request"
      ? { requestBody: { required: true, content: { "application/octet-stream": {} } } }
      : {}),
    ...(definition.body
      ? {
          requestBody: {
            required: true,
            content: { "application/json": { schema: schemaOf(definition.body, "input") } },
          },
        }
      : {}),
    responses: {
      [String(definition.status ?? 200)]: { description: "done", content: success },
      default: { description: "an error", content: { "application/json": { schema: errorSchema } } },
    },
  };
}

const errorSchema = {
  type: "object",
  required: ["error"],
  properties: {
    error: {
      type: "object",
      required: ["code", "message", "docs"],
      properties: {
        code: { type: "string" },
        message: { type: "string" },
        fix: { type: "string" },
        docs: { type: "string" },
        problems: { type: "array", items: { type: "object" } },
      },
    },
  },
};

function parametersOf(schema: z.ZodType | undefined, place: "path" | "query"): unknown[] {
  if (!schema) return [];
  const { properties = {}, required = [] } = schemaOf(schema, "input") as {
    properties?: Record<string, unknown>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: place,
    required: place === "path" || required.includes(name),
    schema: property,
  }));
}

function schemaOf(schema: z.ZodType, io: "input" | "output"): unknown {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: "any", target: "draft-2020-12" });
  return rest;
}

if (process.argv[1] === import.meta.filename) {
  const text = `${JSON.stringify(openApi(), null, 1)}\n`;
  if (!process.argv.includes("--check")) writeFileSync(path, text);
  else if (readFileSync(path, "utf8") !== text) {
    process.stderr.write(
      "packages/contract/openapi.json is not what the route table says. Run: node scripts/write-openapi.ts\n",
    );
    process.exitCode = 1;
  }
}
