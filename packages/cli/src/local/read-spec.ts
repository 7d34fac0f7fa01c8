import { createReadStream } from "node:fs";
import { parseDocument } from "yaml";
import { CliError } from "../command.ts";

/** As much as the server reads of a spec. */
const maxBytes = 512 * 1024;

/** The text of a YAML file that a person wrote. `shown` names it in an error. */
export async function readSpec(path: string, shown = path): Promise<string> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of createReadStream(path, { end: maxBytes })) chunks.push(chunk as Buffer);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new CliError(`${shown}: ${code === "ENOENT" ? "there is no such file" : message}`, {
      fix: "Name a YAML file that you may read.",
    });
  }
  const bytes = Buffer.concat(chunks);
  if (bytes.length > maxBytes)
    throw new CliError(`${shown}: the file has more than ${maxBytes} bytes`, { fix: "Make it smaller." });
  return bytes.toString();
}

/**
 * The `name` in a YAML text, if one can be found. The server reads the text for whatever else is wrong with it, so where
 * the name stands on a line of its own the rest is not even parsed.
 */
export function nameIn(yaml: string): string | undefined {
  const plain = /^name:[ \t]+(["']?)([\w-]+)\1[ \t]*(?:#.*)?\r?$/m.exec(yaml)?.[2];
  if (plain !== undefined) return plain;
  try {
    const { contents } = parseYaml(yaml);
    const name = (contents as { get?(key: string): unknown } | null)?.get?.("name");
    return typeof name === "string" ? name : undefined;
  } catch {
    // it is nested too deeply, for example
    return undefined;
  }
}

/** The values in a YAML text. */
export function valuesIn(yaml: string, shown: string): unknown {
  try {
    const document = parseYaml(yaml);
    if (document.errors[0]) throw document.errors[0];
    return document.toJS();
  } catch (error) {
    throw new CliError(`${shown}: not valid YAML: ${(error as Error).message}`, { fix: "Correct the file." });
  }
}

/** The library's own check for keys that are there twice takes quadratic time. */
const parseYaml = (yaml: string) => parseDocument(yaml, { uniqueKeys: false, prettyErrors: false });
