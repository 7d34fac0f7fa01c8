import { useEffect } from "react";
import { CopyLine } from "../../ui/copy-line.tsx";
import { Problem } from "../../ui/problem.tsx";
import classes from "./sign-in.module.css";

/** Nobody is signed in: how to get in, and what went wrong where somebody tried. */
export function SignedOut({ error }: { error?: Error }) {
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
        {error ? <Problem error={error} /> : null}
        <p className={classes.text}>
          There are no passwords here. On the machine where Pave runs, this prints a link that signs you in once:
        </p>
        <CopyLine text="pave open" label="Copy the command" />
        <p className={classes.soft}>On a shared platform, an admin makes the link for you and sends it.</p>
      </div>
    </main>
  );
}
