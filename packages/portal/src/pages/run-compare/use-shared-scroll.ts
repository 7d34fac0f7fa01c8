import { type RefCallback, useCallback, useRef } from "react";

/** For elements that are scrolled sideways as one: what stands below each other stays so. */
export function useSharedScroll(): RefCallback<HTMLElement> {
  const hosts = useRef(new Set<HTMLElement>());
  return useCallback((host: HTMLElement | null) => {
    if (host === null) return;
    const [other] = hosts.current;
    if (other) host.scrollLeft = other.scrollLeft;
    hosts.current.add(host);
    const follow = () => {
      for (const one of hosts.current) if (one.scrollLeft !== host.scrollLeft) one.scrollLeft = host.scrollLeft;
    };
    host.addEventListener("scroll", follow, { passive: true });
    return () => {
      hosts.current.delete(host);
      host.removeEventListener("scroll", follow);
    };
  }, []);
}
