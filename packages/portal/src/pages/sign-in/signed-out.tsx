import { useEffect } from "react";
import { Callout } from "../../ui/callout.tsx";
import { CopyLine } from "../../ui/copy-line.tsx";
import classes from "./sign-in.module.css";

/** Nobody is signed in: how to get in. */
export function SignedOut({ reason, fix }: { reason?: string | undefined; fix?: string | undefined }) {
  useEffect(() => {
    document.title = "Sign in · Pave";
  }, []);
  return (
    <main className={classes.frame}>
      <span className={classes.brand}>
        <img src="/favicon.svg" width={26} height={26} alt="" /> Pave
      </span>
      <div className={classes.card}>
        <h1 className={classes.title}>Sign in</h1>
        {reason ? (
          <Callout tone="warn" title={reason}>
            {fix}
          </Callout>
        ) : null}
        <p className={classes.text}>
          There are no passwords here. On the machine where Pave runs, this prints a link that signs you in once:
        </p>
        <CopyLine text="pave open" label="Copy the command" />
        <p className={classes.soft}>On a shared platform, an admin makes the link for you and sends it.</p>
      </div>
    </main>
  );
}
