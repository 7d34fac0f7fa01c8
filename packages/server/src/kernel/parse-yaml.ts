import { parseDocument } from "yaml";

/** As much as is read of a YAML text that a user wrote: no document of this size keeps a process busy. */
export const maxYamlBytes = 512 * 1024;

/** The values in a YAML text that a user wrote. Throws an Error that says in a line what is wrong with it. */
export function parseYaml(text: string): unknown {
  if (Buffer.byteLength(text) > maxYamlBytes) throw new Error(`it has more than ${maxYamlBytes} bytes`);
  // the library's own check for keys that are there twice takes quadratic time
  const document = parseDocument(text, { uniqueKeys: false, prettyErrors: false });
  if (document.errors[0]) throw document.errors[0];
  return document.toJS({ maxAliasCount: 100 });
}
