import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseDocument } from "yaml";
import { type Ctx, inTransaction } from "../../../db/context.ts";
import type { GateCheck } from "../check/check-references.ts";
import { inPromotionOrder } from "./environment-order.ts";
import { findEnvironments } from "./environments-store.ts";
import { parseEnvironment } from "./parse-environment.ts";
import { writeEnvironment } from "./write-environment.ts";

/**
 * Creates the platform's default environments on its first start, without plans: there are no rules yet that could judge
 * one. Those that are there stay as they are. On a laptop there is nobody else to approve, so authors may approve their
 * own plans; every plan shows it.
 */
export async function seedEnvironments(
  ctx: Ctx,
  input: { readonly folder: string; readonly laptop: boolean; readonly checkGate: GateCheck },
): Promise<void> {
  if ((await findEnvironments(ctx)).length > 0) return;
  const files = (await readdir(input.folder)).filter((file) => file.endsWith(".yaml"));
  const others = new Map(files.map((file) => [file.replace(/\.yaml$/, ""), undefined]));
  const found = await Promise.all(
    files.map(async (file) => {
      const text = await readFile(join(input.folder, file), "utf8");
      const source = input.laptop ? withSelfApproval(text) : text;
      return {
        source,
        spec: parseEnvironment(source, `environments/${file}`, { checkGate: input.checkGate, others }),
      };
    }),
  );
  await inTransaction(ctx, async (ctx) => {
    for (const { spec, source } of inPromotionOrder(found))
      await writeEnvironment(ctx, { type: "environment.changed", spec, source });
  });
}

/** Keeps the file's comments. */
function withSelfApproval(yaml: string): string {
  const document = parseDocument(yaml);
  if (document.hasIn(["approvals"])) document.setIn(["approvals", "selfApproval"], true);
  return String(document);
}
