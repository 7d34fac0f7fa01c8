import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { api } from "../../lib/api.ts";
import { takeReturn } from "../../lib/return-path.ts";
import { EmptyState } from "../../ui/query-view.tsx";
import { SignedOut } from "./signed-out.tsx";

/** Where a one-time link lands, and who comes back from a provider that let nobody in. The secret stands behind `#`, so no server or proxy logs it; it is gone from the URL at once. */
export function SignInPage() {
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const [outcome, setOutcome] = useState<"signing in" | "no link" | Error>("signing in");
  const started = useRef(false);
  useEffect(() => {
    if (started.current) return;
    started.current = true;
    const link = window.location.hash.slice(1);
    if (link) window.history.replaceState(null, "", "/sign-in");
    if (!link) return setOutcome("no link");
    api.signIn({ body: { link } }).then(
      (session) => {
        queryClient.setQueryData(["session"], session);
        void navigate({ href: takeReturn() });
      },
      (failure: unknown) => setOutcome(failure instanceof Error ? failure : new Error(String(failure))),
    );
  }, [navigate, queryClient]);
  if (outcome === "signing in") return <EmptyState title="Signing in…" />;
  const home = () => void navigate({ to: "/" });
  if (outcome === "no link") return <SignedOut onSignedIn={home} />;
  return <SignedOut error={outcome} onSignedIn={home} />;
}
