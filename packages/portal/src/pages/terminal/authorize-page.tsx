import { Button, Group } from "@mantine/core";
import { allowTerminalBody, isLoopbackRedirect } from "@pave/contract";
import { useState } from "react";
import { api } from "../../lib/api.ts";
import { Callout } from "../../ui/callout.tsx";
import { Problem } from "../../ui/problem.tsx";
import { Consent, TerminalFrame } from "./terminal-frame.tsx";

/** `pave login` opened this: may that terminal act as me? The answer goes back to it, on this machine alone. */
export function AuthorizePage() {
  const [asked] = useState(() => readRequest(window.location.search));
  return (
    <TerminalFrame title="Let a terminal act as you?">
      {(me) => (asked === undefined ? <Broken /> : <Question asked={asked} me={me} />)}
    </TerminalFrame>
  );
}

function Question({ asked, me }: { asked: Asked; me: string }) {
  const [outcome, setOutcome] = useState<"open" | "sending" | Error>("open");
  const allow = () => {
    setOutcome("sending");
    api.allowTerminal({ body: asked }).then(
      ({ redirect }) => window.location.assign(redirect),
      (failure: unknown) => setOutcome(failure instanceof Error ? failure : new Error(String(failure))),
    );
  };
  const deny = () => {
    setOutcome("sending");
    const back = new URL(asked.redirectUri);
    back.searchParams.set("error", "access_denied");
    back.searchParams.set("state", asked.state);
    window.location.assign(back.href);
  };
  return (
    <>
      <Consent host={asked.host} me={me} />
      {outcome instanceof Error ? <Problem error={outcome} /> : null}
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={deny} disabled={outcome === "sending"}>
          No
        </Button>
        <Button onClick={allow} loading={outcome === "sending"} data-autofocus>
          Allow
        </Button>
      </Group>
    </>
  );
}

const Broken = () => (
  <Callout tone="bad" title="This address is not whole, or leads to another machine">
    Start again with <code>pave login</code> in a terminal. If a page or a message led you here, close this.
  </Callout>
);

type Asked = ReturnType<typeof allowTerminalBody.parse>;

/** What the terminal put into the address; undefined when something of it is missing or does not fit. */
function readRequest(search: string): Asked | undefined {
  const query = new URLSearchParams(search);
  const parsed = allowTerminalBody.safeParse({
    redirectUri: query.get("redirect_uri"),
    codeChallenge: query.get("code_challenge"),
    state: query.get("state"),
    host: query.get("host"),
  });
  const isWhole = query.get("response_type") === "code" && query.get("code_challenge_method") === "S256";
  return parsed.success && isWhole && isLoopbackRedirect(parsed.data.redirectUri) ? parsed.data : undefined;
}
