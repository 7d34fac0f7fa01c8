import { z } from "zod";
import { componentSpecSchema } from "./component-spec.ts";
import { environmentSpecSchema } from "./environment-spec.ts";
import { projectSpecSchema } from "./project-spec.ts";

/**
 * JSON Schemas of the files that people write, for editors, by the name that a server publishes them under. Made from the
 * schemas that the server itself holds the files against, so the two never differ in what keys there are; what takes more
 * than one value to see (a cycle, a port that does not fit) is for `pave validate` to say.
 */
export const editorSchemaNames = ["pave", "environment", "component"] as const;
export type EditorSchemaName = (typeof editorSchemaNames)[number];

const sources: Readonly<Record<EditorSchemaName, { readonly title: string; readonly schema: z.ZodType }>> = {
  pave: { title: "pave.yaml: a project of Pave", schema: projectSpecSchema },
  environment: { title: "An environment of Pave", schema: environmentSpecSchema },
  component: { title: "component.yaml: a step to be used in pipelines of Pave", schema: componentSpecSchema },
};

/** In draft 7, which every editor knows. */
export function editorSchema(name: EditorSchemaName): Record<string, unknown> {
  const { title, schema } = sources[name];
  const made = z.toJSONSchema(schema, { io: "input", unrepresentable: "any", target: "draft-7" });
  const { $schema, ...rest } = name === "pave" ? withVariables(made as Schema) : (made as Schema);
  return { $schema, title, ...rest };
}

/** `${{ vars.NAME }}` may stand for any value of a pave.yaml, also where a number or one of a few words is expected. */
const variable = { type: "string", pattern: "\\$\\{\\{.*\\}\\}" } as const;

type Schema = Readonly<Record<string, unknown>>;

function withVariables(schema: Schema): Schema {
  if (isLeaf(schema)) {
    const { description, default: fallback, ...leaf } = schema;
    return defined({ description, default: fallback, anyOf: [leaf, variable] });
  }
  const { properties, items, additionalProperties, anyOf } = schema;
  return defined({
    ...schema,
    properties: isSchema(properties)
      ? Object.fromEntries(Object.entries(properties).map(([name, part]) => [name, partWithVariables(part)]))
      : undefined,
    items: partWithVariables(items),
    additionalProperties: partWithVariables(additionalProperties),
    anyOf: Array.isArray(anyOf) ? anyOf.map(partWithVariables) : undefined,
  });
}

const isSchema = (part: unknown): part is Schema => typeof part === "object" && part !== null && !Array.isArray(part);
const partWithVariables = (part: unknown): unknown => (isSchema(part) ? withVariables(part) : part);
const defined = (schema: Schema): Schema =>
  Object.fromEntries(Object.entries(schema).filter(([, part]) => part !== undefined));

/** A single value that a variable would not pass as: a number, a switch, one of a few words, a text of a certain form. */
const isLeaf = ({ type, pattern, enum: words }: Schema): boolean =>
  ["number", "integer", "boolean"].includes(String(type)) ||
  words !== undefined ||
  (type === "string" && pattern !== undefined);
