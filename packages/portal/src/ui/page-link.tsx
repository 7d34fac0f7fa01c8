import { useRouter } from "@tanstack/react-router";
import type { MouseEvent, ReactNode } from "react";

/** A link to a page of the portal by its whole address, as the server gives it: with a query and a place in the page. */
export function PageLink({
  href,
  className,
  onFollow,
  children,
}: {
  href: string;
  className?: string;
  onFollow?: () => void;
  children: ReactNode;
}) {
  const router = useRouter();
  const follow = (event: MouseEvent) => {
    onFollow?.();
    // a new tab or window is the browser's
    if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    router.history.push(href);
  };
  return (
    <a href={href} className={className} onClick={follow}>
      {children}
    </a>
  );
}
