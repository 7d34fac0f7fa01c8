import { counted, type ModelVersion, type VersionRelease } from "@pave/contract";
import { exactDay } from "../../lib/format.ts";
import { wordOf } from "../../lib/status.ts";

/** A deployment that the version was released to, however that ended. */
export interface ReleasePlace {
  readonly environment: string;
  readonly deployment: string;
  readonly isLive: boolean;
  /** Newest first; the oldest may be left out. */
  readonly releases: readonly VersionRelease[];
}

/** Where the version is live first, then where it was, the newest first. */
export function releasePlaces({ live, releases }: Pick<ModelVersion, "live" | "releases">): ReleasePlace[] {
  const keyOf = ({ environment, deployment }: { environment: string; deployment: string }) =>
    JSON.stringify([environment, deployment]);
  const places = new Map<string, ReleasePlace>(
    live.map((place) => [keyOf(place), { ...place, isLive: true, releases: [] }]),
  );
  for (const release of releases) {
    const { environment, deployment } = release;
    const known = places.get(keyOf(release)) ?? { environment, deployment, isLive: false, releases: [] };
    places.set(keyOf(release), { ...known, releases: [...known.releases, release] });
  }
  return [...places.values()];
}

/** In a few words what came of it there, and how often it was tried. */
export function placeText({ isLive, releases: [newest, ...earlier] }: ReleasePlace): string {
  const state = isLive ? "live now" : newest ? endText(newest) : "";
  return earlier.length === 0 ? state : `${state}, ${counted(earlier.length, "earlier release")}`;
}

export function releaseText(release: VersionRelease): string {
  const { number, state, activatedAt } = release;
  const since = activatedAt === null ? "" : ` since ${exactDay(activatedAt)}`;
  return `release ${number}: ${state === "active" ? `live${since}` : endText(release)}`;
}

function endText({ state, endedAt }: VersionRelease): string {
  if (endedAt === null) return wordOf(state);
  return state === "superseded" ? `until ${exactDay(endedAt)}` : `${wordOf(state)} ${exactDay(endedAt)}`;
}
