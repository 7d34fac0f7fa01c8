/** What a pave.yaml says of itself, read loosely to show it: the platform checks the file. */
export interface SpecOutline {
  readonly name: string | undefined;
  readonly owner: string | undefined;
  readonly pipelines: readonly string[];
  readonly serves: readonly string[];
  /** Why it cannot be read; null where it can. */
  readonly problem: string | null;
}

/** As much as the server reads of a spec. */
const maxLength = 512 * 1024;

export async function outlineOf(text: string): Promise<SpecOutline> {
  const nothing = { name: undefined, owner: undefined, pipelines: [], serves: [] };
  if (text.length > maxLength) return { ...nothing, problem: `it has more than ${maxLength} characters` };
  // a tenth of a megabyte that only a folder with a pave.yaml takes
  const { parse } = await import("yaml");
  try {
    // the library's own check for keys that are there twice takes quadratic time
    const { name, owner, pipelines, serve } = fields(parse(text, { uniqueKeys: false, prettyErrors: true }));
    return {
      name: typeof name === "string" ? name : undefined,
      owner: typeof owner === "string" ? owner : undefined,
      pipelines: Object.keys(fields(pipelines)),
      serves: Object.keys(fields(serve)),
      problem: null,
    };
  } catch (error) {
    return { ...nothing, problem: (error as Error).message.split("\n")[0]?.replace(/:$/, "") ?? "it is no YAML" };
  }
}

const fields = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
