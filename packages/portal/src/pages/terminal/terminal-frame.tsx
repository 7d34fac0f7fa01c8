import { Button } from "@mantine/core";
import { type ReactNode, useEffect } from "react";
import { isSignedOut, useSession } from "../../app/use-session.ts";
import { api } from "../../lib/api.ts";
import { rememberReturn } from "../../lib/return-path.ts";
import { ErrorState, QueryView } from "../../ui/query-view.tsx";
import frame from "../sign-in/sign-in.module.css";
import { SignedOut } from "../sign-in/signed-out.tsx";
import classes from "./terminal.module.css";

/** The calm frame of a question about a terminal: for whoever is signed in, or signs in first and comes back here. */
export function TerminalFrame({ title, children }: { title: string; children: (me: string) => ReactNode }) {
  const session = useSession();
  const signedOut = isSignedOut(session.error);
  useEffect(() => {
    if (signedOut) rememberReturn();
    else document.title = `${title} · Pave`;
  }, [signedOut, title]);
  if (signedOut) return <SignedOut />;
  const signOut = async () => {
    rememberReturn();
    await api.signOut({});
    window.location.reload();
  };
  return (
    <main className={frame.frame}>
      <span className={frame.brand}>
        <img src="/favicon.svg" width={26} height={26} alt="" /> Pave
      </span>
      <div className={frame.card}>
        <h1 className={frame.title}>{title}</h1>
        {session.error && !session.data ? (
          <ErrorState error={session.error} onRetry={() => void session.refetch()} />
        ) : (
          <QueryView query={session} rows={3}>
            {({ principal }) => (
              <>
                {children(principal.name)}
                <div className={classes.foot}>
                  Signed in as {principal.name}.{" "}
                  <Button variant="subtle" color="gray" size="compact-xs" onClick={() => void signOut()}>
                    Not you?
                  </Button>
                </div>
              </>
            )}
          </QueryView>
        )}
      </div>
    </main>
  );
}

/** What one says yes to. */
export function Consent({ host, me, children }: { host: string; me: string; children?: ReactNode }) {
  return (
    <>
      <p className={classes.ask}>
        The terminal on <b className={classes.host}>{host}</b> wants to act as <b>{me}</b>.
      </p>
      {children}
      <p className={frame.soft}>
        It may do all that you may, until you sign it out with <code>pave logout</code>, revoke it in Settings, or it
        expires. Say yes only if you called <code>pave login</code> there yourself, just now.
      </p>
    </>
  );
}
