import { join } from "node:path";
import { AttemptError } from "./attempt/attempt-error.ts";

/** `folder/path` for a relative path that came over the wire; it cannot lead out of the folder. */
export function joinInside(folder: string, path: string): string {
  const parts = path.split("/");
  const isPlain =
    path.length <= 1024 && parts.every((part) => part !== "" && part !== "." && part !== ".." && !part.includes("\0"));
  if (!isPlain)
    throw new AttemptError("infra", `${JSON.stringify(path)}: expected a relative path without empty or \`..\` parts`);
  return join(folder, ...parts);
}
