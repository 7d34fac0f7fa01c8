import { z } from "zod";

type Definition = z.core.$ZodTypeDef & {
  readonly innerType?: z.ZodType;
  readonly in?: z.ZodType;
  readonly valueType?: z.ZodType;
  readonly element?: z.ZodType;
  readonly options?: readonly z.ZodType[];
};

/** The keys that a map at this place of a schema may have; none where it may have any. */
export function knownKeys(schema: z.ZodType, path: readonly PropertyKey[]): readonly string[] {
  const found = unwrap(schemaAt(schema, path));
  return found instanceof z.ZodObject ? Object.keys(found.shape) : [];
}

/** What kind of value is meant, in plain words: `a text`, `a map`, `a text, a number or true or false`. */
export function kindOf(schema: z.ZodType | undefined): readonly string[] {
  const found = unwrap(schema);
  if (found === undefined) return [];
  const definition = found.def as Definition;
  if (definition.options) return [...new Set(definition.options.flatMap(kindOf))];
  const kind = kinds[definition.type];
  return kind === undefined ? [] : [kind];
}

export function schemaAt(schema: z.ZodType, path: readonly PropertyKey[]): z.ZodType | undefined {
  let found: z.ZodType | undefined = schema;
  for (const part of path) found = step(unwrap(found), part);
  return found;
}

function step(schema: z.ZodType | undefined, part: PropertyKey): z.ZodType | undefined {
  if (schema instanceof z.ZodObject)
    return Object.hasOwn(schema.shape, part) ? (schema.shape as Record<PropertyKey, z.ZodType>)[part] : undefined;
  const definition = schema?.def as Definition | undefined;
  for (const option of definition?.options ?? []) {
    const found = step(unwrap(option), part);
    if (found) return found;
  }
  return definition?.valueType ?? definition?.element;
}

/** Without defaults, optionality and transforms. */
function unwrap(schema: z.ZodType | undefined): z.ZodType | undefined {
  let found = schema;
  for (;;) {
    const definition = found?.def as Definition | undefined;
    const inner = definition?.innerType ?? definition?.in;
    if (!inner) return found;
    found = inner;
  }
}

export const kinds: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "a map",
  record: "a map",
  null: "nothing",
};
