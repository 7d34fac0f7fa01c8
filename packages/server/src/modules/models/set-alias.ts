import { type Ctx, inTransaction } from "../../db/context.ts";
import { recordEvent } from "../ledger/index.ts";
import { tellWebhooks } from "../webhooks/index.ts";
import { getVersion } from "./find-version.ts";
import * as store from "./model-store.ts";
import { assertAlias } from "./model-version.ts";
import { hintModel } from "./register-version.ts";

export interface SetAlias {
  readonly projectId: string;
  readonly model: string;
  readonly alias: string;
  /** A number, or another alias. */
  readonly version: string;
}

/** Points an alias at a version, away from whichever it named before. */
export async function setAlias(ctx: Ctx, input: SetAlias): Promise<void> {
  assertAlias(input.alias);
  await inTransaction(ctx, async (ctx) => {
    const { version } = await getVersion(ctx, input.model, input.version);
    await store.putAlias(ctx, input.model, input.alias, version);
    const data = { name: input.model, alias: input.alias, version: String(version) };
    await tellWebhooks(ctx, input.projectId, "model_version_alias.created", data);
    await recordAlias(ctx, "model.alias-set", input, version);
  });
}

/** Removing an alias that is not there changes nothing, as in MLflow. */
export async function deleteAlias(ctx: Ctx, input: Omit<SetAlias, "version">): Promise<void> {
  await inTransaction(ctx, async (ctx) => {
    if (await store.removeAlias(ctx, input.model, input.alias)) await tellOfRemoved(ctx, input);
  });
}

/** An alias is gone, by itself or with its version. */
export async function tellOfRemoved(ctx: Ctx, input: Omit<SetAlias, "version">): Promise<void> {
  await recordAlias(ctx, "model.alias-deleted", input, null);
  const data = { name: input.model, alias: input.alias };
  await tellWebhooks(ctx, input.projectId, "model_version_alias.deleted", data);
}

async function recordAlias(
  ctx: Ctx,
  type: string,
  input: Omit<SetAlias, "version">,
  version: number | null,
): Promise<void> {
  await recordEvent(ctx, {
    type,
    subjectType: "model",
    subjectId: input.model,
    projectId: input.projectId,
    data: { alias: input.alias, version },
  });
  await hintModel(ctx, input.model);
}
