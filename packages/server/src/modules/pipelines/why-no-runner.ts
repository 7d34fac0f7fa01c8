import type { RunnerBounds } from "@pave/contract";
import type { Ctx } from "../../db/context.ts";
import { findPresentRunners } from "../../jobs/index.ts";
import { PaveError } from "../../kernel/pave-error.ts";
import { activeUserCount } from "../access/index.ts";

const fix =
  "install bubblewrap where the runner is (apt-get install bubblewrap) and start it again, as root for a user of its own for each attempt; see docs/isolation.md";

interface Apartness {
  readonly isolation: string | null;
  readonly bounds?: RunnerBounds | null | undefined;
}

/**
 * Whether several people's steps may run there: each with a view of its own of files and processes, and a network of its
 * own. Less is enough where whoever runs it chose it by name.
 */
export const isApartEnough = ({ isolation, bounds }: Apartness): boolean =>
  isolation !== null &&
  isolation !== "none" &&
  (bounds?.accepted === true || (bounds?.files === true && bounds.network));

/** Refuses a runner, with what its machine lacks. */
export const tooClose = ({ runnerId, bounds }: Apartness & { readonly runnerId: string }): PaveError =>
  new PaveError(
    "isolation.unavailable",
    `The runner ${runnerId} cannot keep steps apart${bounds && bounds.missing.length > 0 ? ` (${bounds.missing.join("; ")})` : ""}, and more than one person uses this platform`,
    { fix: `To run steps there, ${fix}` },
  );

/** Runners that cannot keep steps apart get no work when several people use the platform. */
export const needsIsolation = async (ctx: Ctx): Promise<boolean> => (await activeUserCount(ctx)) > 1;

/** Why work that is queued is not taken, in words. */
export async function whyNoRunner(ctx: Ctx): Promise<string> {
  const runners = await findPresentRunners(ctx);
  if (runners.length === 0) return "waits for a runner; none is connected: see `pave doctor`";
  if (!runners.some(isApartEnough) && (await needsIsolation(ctx))) {
    const why = runners.flatMap(({ bounds }) => bounds?.missing ?? [])[0];
    return `waits for a runner that keeps steps apart, because several people use this platform${why ? ` (${why})` : ""}: ${fix}`;
  }
  return runners.length === 1
    ? "waits until the runner has room"
    : `waits until one of ${runners.length} runners has room`;
}
