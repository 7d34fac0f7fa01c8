import { open } from "node:fs/promises";
import { join } from "node:path";

/** Every page of the docs, in the order in which one needs them. A test holds this against the folder. */
export const docsSections: readonly { readonly title: string; readonly pages: readonly string[] }[] = [
  {
    title: "Begin",
    pages: ["quickstart", "my-own-csv", "my-own-repository", "mlflow", "move-from-mlflow", "my-mlflow-model"],
  },
  {
    title: "Use",
    pages: [
      ...["portal", "cli", "ci", "rollouts", "ground-truth", "monitoring", "discussion", "notifications"],
      ...["secrets", "connections", "estimates", "errors"],
    ],
  },
  {
    title: "Run the platform",
    pages: [
      ...[
        "install",
        "settings",
        "people",
        "sign-in",
        "access",
        "isolation",
        "artifacts",
        "backup",
        "in-parts",
        "ledger",
      ],
      "prometheus",
    ],
  },
  { title: "About", pages: ["plan", "measurements", "benchmarks"] },
];

/** The list of pages beside each of them; a page that is not there is left out. */
export async function navigation(folder: string, current: string): Promise<string> {
  const sections = await Promise.all(
    docsSections.map(async ({ title, pages }) => {
      const items = await Promise.all(pages.map(async (page) => itemOf(page, await titleOf(folder, page), current)));
      return `<h2>${title}</h2>\n${items.join("")}`;
    }),
  );
  return `<nav aria-label="docs">\n${sections.join("")}</nav>\n`;
}

const itemOf = (page: string, title: string | undefined, current: string): string =>
  title === undefined ? "" : `<a href="/docs/${page}"${page === current ? ' aria-current="page"' : ""}>${title}</a>\n`;

/** The first heading; of our own files, so nothing but letters is expected there. */
async function titleOf(folder: string, page: string): Promise<string | undefined> {
  const file = await open(join(folder, `${page}.md`)).catch(() => undefined);
  if (!file) return undefined;
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(200), 0, 200, 0);
    return /^# (.+)$/m.exec(buffer.toString("utf8", 0, bytesRead))?.[1]?.replaceAll(/[<>&"`]/g, "") ?? page;
  } finally {
    await file.close();
  }
}
