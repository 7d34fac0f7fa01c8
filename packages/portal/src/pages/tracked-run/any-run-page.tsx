import { useParams } from "@tanstack/react-router";
import { lazy, Suspense } from "react";

const RunPage = lazy(async () => ({ default: (await import("../runs/page.tsx")).RunPage }));
const TrackedRunPage = lazy(async () => ({ default: (await import("./page.tsx")).TrackedRunPage }));

/** Runs of pipelines have a number; every tracked run has an id of 32 digits. */
export function AnyRunPage() {
  const { run } = useParams({ from: "/shell/projects/$project/runs/$run" });
  return <Suspense>{/^[0-9a-f]{32}$/.test(run) ? <TrackedRunPage key={run} /> : <RunPage />}</Suspense>;
}
