import { Button, Divider } from "@mantine/core";
import { useLocation } from "@tanstack/react-router";
import { type ReactNode, useEffect } from "react";
import { Callout } from "../../ui/callout.tsx";
import { CopyLine } from "../../ui/copy-line.tsx";
import { Problem } from "../../ui/problem.tsx";
import { PasswordForm } from "./password-form.tsx";
import classes from "./sign-in.module.css";
import { problemIn, wordsOf } from "./sign-in-problems.ts";
import { useSignInOptionsQuery } from "./use-sign-in-options-query.ts";

/** Nobody is signed in: the ways in that there are here, and what went wrong where somebody tried. */
export function SignedOut({ error, onSignedIn }: { error?: Error; onSignedIn?: () => void }) {
  const { data: options } = useSignInOptionsQuery();
  const { href, pathname } = useLocation();
  const problem = problemIn(window.location.search);
  const to = pathname.startsWith("/sign-in") ? "/" : href;
  useEffect(() => {
    document.title = "Sign in · Pave";
  }, []);
  const provider = options?.provider;
  return (
    <SignInFrame title="Sign in">
      {error ? <Problem error={error} /> : null}
      {problem && !error ? (
        <Callout tone="bad" title={wordsOf(problem, provider?.name ?? "The provider").title}>
          {wordsOf(problem, provider?.name ?? "The provider").detail}
          {problem.id ? <div className={classes.id}>Id for the admin: {problem.id}</div> : null}
        </Callout>
      ) : null}
      {provider ? (
        <Button component="a" size="sm" href={`${provider.startUrl}?${new URLSearchParams({ to })}`}>
          Continue with {provider.name}
        </Button>
      ) : null}
      {provider && options?.passwords ? <Divider label="or" /> : null}
      {options?.passwords ? <PasswordForm onSignedIn={onSignedIn} /> : null}
      {provider || options?.passwords ? <Divider label="or" /> : null}
      <p className={provider || options?.passwords ? classes.soft : classes.text}>
        On the machine where Pave runs, this prints a link that signs you in once:
      </p>
      <CopyLine text="pave open" label="Copy the command" />
      <p className={classes.soft}>On a shared platform, an admin invites you, or makes such a link for you.</p>
    </SignInFrame>
  );
}

/** The page of who is not inside yet: the name of the place, and one card. */
export function SignInFrame({ title, children }: { title: string; children: ReactNode }) {
  return (
    <main className={classes.frame}>
      <span className={classes.brand}>
        <img src="/favicon.svg" width={26} height={26} alt="" /> Pave
      </span>
      <div className={classes.card}>
        <h1 className={classes.title}>{title}</h1>
        {children}
      </div>
    </main>
  );
}
