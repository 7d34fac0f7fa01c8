import { useRouter } from "@tanstack/react-router";
import { useEffect, useRef } from "react";

const places: Readonly<Record<string, string>> = {
  h: "/",
  i: "/inbox",
  p: "/projects",
  e: "/environments",
  a: "/activity",
  s: "/settings",
};
/** How long a `g` waits for its second key. */
const patienceMs = 1200;

/** The keys of every page; none of them where text is written, but for Ctrl-K. */
export function useShortcuts(open: (what: "palette" | "help") => void): void {
  const router = useRouter();
  const startedAt = useRef(0);
  const opener = useRef(open);
  opener.current = open;
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
        event.preventDefault();
        opener.current("palette");
        return;
      }
      if (event.ctrlKey || event.metaKey || event.altKey || isWriting(event.target)) return;
      const place = places[event.key];
      if (event.key === "?") opener.current("help");
      else if (event.key === "g") startedAt.current = performance.now();
      else if (place !== undefined && performance.now() - startedAt.current < patienceMs) {
        startedAt.current = 0;
        router.history.push(place);
      }
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [router]);
}

const isWriting = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || target.matches("input, textarea, select, [role=dialog] *"));
