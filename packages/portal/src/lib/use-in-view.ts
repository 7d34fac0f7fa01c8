import { type RefCallback, useEffect, useState } from "react";

/** Whether any of some elements is on the screen or nearly so: what costs something waits until then. */
export function useInView<E extends HTMLElement>(): [RefCallback<E>, boolean] {
  const [isInView, setInView] = useState(false);
  const [watch] = useState(() => watcher<E>(setInView));
  useEffect(() => () => watch.stop(), [watch]);
  return [watch.ref, isInView];
}

function watcher<E extends HTMLElement>(tell: (isInView: boolean) => void) {
  const seen = new Set<Element>();
  const observer = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        if (isIntersecting) seen.add(target);
        else seen.delete(target);
      }
      tell(seen.size > 0);
    },
    { rootMargin: "300px" },
  );
  return {
    ref: (element: E | null) => {
      if (!element) return undefined;
      observer.observe(element);
      return () => {
        observer.unobserve(element);
        seen.delete(element);
      };
    },
    stop: () => observer.disconnect(),
  };
}
