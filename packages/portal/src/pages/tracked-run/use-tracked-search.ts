import { useNavigate, useSearch } from "@tanstack/react-router";
import type { TrackedSearch } from "./tracked-search.ts";

type Change = { readonly [K in keyof TrackedSearch]?: TrackedSearch[K] | undefined };

/** What the page's URL says, and a way to change it; undefined takes a part away. */
export function useTrackedSearch(): readonly [TrackedSearch, (change: Change) => void] {
  const search = useSearch({ from: "/shell/projects/$project/runs/$run" });
  const navigate = useNavigate({ from: "/projects/$project/runs/$run" });
  return [
    search,
    (change) =>
      void navigate({
        search: (before) =>
          Object.fromEntries(Object.entries({ ...before, ...change }).filter(([, value]) => value !== undefined)),
        replace: true,
        resetScroll: false,
      }),
  ];
}
