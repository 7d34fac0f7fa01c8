import type { Preview } from "@pave/contract";
import { readMlModelFacts } from "../../models/index.ts";

/** What an `MLmodel` file says of a model, with its text; undefined where it is none. */
export function previewMlModel(text: string): Preview | undefined {
  const facts = readMlModelFacts(text);
  if (!facts) return undefined;
  const columns = (side: "inputs" | "outputs") => (facts.signature?.[side] ?? []).map((column) => ({ ...column }));
  return {
    kind: "model",
    flavors: [...facts.flavors],
    inputs: columns("inputs"),
    outputs: columns("outputs"),
    text: text.slice(0, 100_000),
  };
}
