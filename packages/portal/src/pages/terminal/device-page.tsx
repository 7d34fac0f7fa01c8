import { Button, Group, TextInput } from "@mantine/core";
import { type TerminalRequest, userCodeSchema } from "@pave/contract";
import { useState } from "react";
import { api } from "../../lib/api.ts";
import { Callout } from "../../ui/callout.tsx";
import { Problem } from "../../ui/problem.tsx";
import { TimeAgo } from "../../ui/time-ago.tsx";
import frame from "../sign-in/sign-in.module.css";
import classes from "./terminal.module.css";
import { Consent, TerminalFrame } from "./terminal-frame.tsx";

type Step =
  | { readonly at: "code" }
  | { readonly at: "question"; readonly code: string; readonly request: TerminalRequest }
  | { readonly at: "done"; readonly host: string; readonly allowed: boolean };

/** Where the code of `pave login --device` is typed: which terminal is it, and may it act as me? */
export function DevicePage() {
  const [given, setGiven] = useState(() => new URLSearchParams(window.location.search).get("code") ?? "");
  const [step, setStep] = useState<Step>({ at: "code" });
  const [error, setError] = useState<Error>();
  const [isBusy, setBusy] = useState(false);
  const attempt = async (act: () => Promise<Step>) => {
    setBusy(true);
    setError(undefined);
    await act().then(setStep, (failure: unknown) =>
      setError(failure instanceof Error ? failure : new Error(String(failure))),
    );
    setBusy(false);
  };
  const look = () =>
    attempt(async () => {
      const request = await api.lookAtTerminal({ body: { userCode: given } });
      return { at: "question", code: shown(given), request };
    });
  const answer = (code: string, host: string, allow: boolean) =>
    attempt(async () => {
      await api.answerTerminal({ body: { userCode: code, allow } });
      return { at: "done", host, allowed: allow };
    });
  return (
    <TerminalFrame title="Sign in a terminal">
      {(me) => (
        <>
          {step.at === "code" ? (
            <form
              onSubmit={(event) => {
                event.preventDefault();
                void look();
              }}
            >
              <p className={frame.text} style={{ marginBottom: 12 }}>
                Type the code that <code>pave login --device</code> shows.
              </p>
              <TextInput
                className={classes.code}
                aria-label="Code"
                placeholder="XXXX-XXXX"
                autoComplete="off"
                spellCheck={false}
                maxLength={20}
                value={given}
                onChange={(event) => setGiven(shown(event.currentTarget.value))}
              />
              <Group justify="flex-end" mt="sm">
                <Button type="submit" loading={isBusy} disabled={!userCodeSchema.safeParse(given).success}>
                  Continue
                </Button>
              </Group>
            </form>
          ) : null}
          {step.at === "question" ? (
            <>
              <Consent host={step.request.host} me={me}>
                <div className={classes.shown} role="img" aria-label={`The code ${step.code}`}>
                  {step.code}
                </div>
                <p className={frame.soft}>
                  It asked <TimeAgo at={step.request.askedAt} /> from {step.request.address}, and shows this code.
                </p>
              </Consent>
              <Group justify="flex-end" gap="xs">
                <Button
                  variant="default"
                  disabled={isBusy}
                  onClick={() => void answer(step.code, step.request.host, false)}
                >
                  No
                </Button>
                <Button loading={isBusy} onClick={() => void answer(step.code, step.request.host, true)}>
                  Allow
                </Button>
              </Group>
            </>
          ) : null}
          {step.at === "done" ? (
            <Callout
              tone={step.allowed ? "good" : "idle"}
              title={step.allowed ? "The terminal is signed in" : "Not allowed"}
            >
              {step.allowed
                ? `Go back to the terminal on ${step.host}. You can close this page.`
                : `The terminal on ${step.host} was told so. If you did not start it, somebody tried to act as you: tell an admin.`}
            </Callout>
          ) : null}
          {error ? <Problem error={error} /> : null}
        </>
      )}
    </TerminalFrame>
  );
}

/** As the terminal writes it, while it is typed. */
function shown(text: string): string {
  const letters = text
    .toUpperCase()
    .replaceAll(/[^A-Z]/g, "")
    .slice(0, 8);
  return letters.length > 4 ? `${letters.slice(0, 4)}-${letters.slice(4)}` : letters;
}
