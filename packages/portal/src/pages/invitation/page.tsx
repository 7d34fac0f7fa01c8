import { Button, Divider, PasswordInput, Stack } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { api } from "../../lib/api.ts";
import { exactTime } from "../../lib/format.ts";
import { Callout } from "../../ui/callout.tsx";
import { Facts } from "../../ui/facts.tsx";
import { Problem } from "../../ui/problem.tsx";
import { QueryView } from "../../ui/query-view.tsx";
import { SignInFrame } from "../sign-in/signed-out.tsx";
import { useSignInOptionsQuery } from "../sign-in/use-sign-in-options-query.ts";

/** Where an invitation's link lands: what it is for, and the ways to accept it. The secret is gone from the URL at once. */
export function InvitationPage() {
  const [secret] = useState(() => window.location.hash.slice(1));
  useEffect(() => {
    window.history.replaceState(null, "", "/invitation");
    document.title = "Invitation · Pave";
  }, []);
  const query = useQuery({
    queryKey: ["open-invitation", secret],
    queryFn: () => api.openInvitation({ body: { secret } }),
    enabled: secret !== "",
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (secret === "")
    return (
      <SignInFrame title="Invitation">
        <Callout tone="warn" title="The link is not whole">
          Open it again from where you got it. It is good until it was accepted.
        </Callout>
      </SignInFrame>
    );
  if (query.error)
    return (
      <SignInFrame title="Invitation">
        <Problem error={query.error} />
      </SignInFrame>
    );
  return (
    <SignInFrame title={query.data ? `${query.data.invitedBy} invites you to Pave` : "Invitation"}>
      <QueryView query={query} rows={4}>
        {(invitation) => (
          <>
            <Facts
              facts={[
                { label: "You", value: `${invitation.name}, ${invitation.email}` },
                ...(invitation.teams.length > 0 ? [{ label: "Teams", value: invitation.teams.join(", ") }] : []),
                ...(Object.keys(invitation.roles).length > 0
                  ? [
                      {
                        label: "Roles",
                        value: Object.entries(invitation.roles)
                          .map(([project, role]) => `${role} of ${project}`)
                          .join(", "),
                      },
                    ]
                  : []),
                ...(invitation.platformAdmin ? [{ label: "Rights", value: "platform admin" }] : []),
                { label: "Good until", value: exactTime(invitation.expiresAt) },
              ]}
            />
            <Ways secret={secret} email={invitation.email} />
          </>
        )}
      </QueryView>
    </SignInFrame>
  );
}

function Ways({ secret, email }: { secret: string; email: string }) {
  const { data: options } = useSignInOptionsQuery();
  if (!options) return null;
  return (
    <>
      {options.provider ? (
        <>
          <Button component="a" size="sm" href={options.provider.startUrl}>
            Accept with {options.provider.name}
          </Button>
          <span style={{ color: "var(--ink-soft)", fontSize: "0.8125rem" }}>
            The account there must have the verified address {email}.
          </span>
        </>
      ) : null}
      {options.provider && options.mayHavePassword ? <Divider label="or" /> : null}
      {options.mayHavePassword ? <AcceptWithPassword secret={secret} email={email} /> : null}
    </>
  );
}

function AcceptWithPassword({ secret, email }: { secret: string; email: string }) {
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const [password, setPassword] = useState("");
  const [failure, setFailure] = useState<Error>();
  const [isBusy, setBusy] = useState(false);
  const submit = async () => {
    setBusy(true);
    setFailure(undefined);
    try {
      queryClient.setQueryData(["session"], await api.acceptInvitation({ body: { secret, password } }));
      void navigate({ to: "/" });
    } catch (error) {
      setFailure(error instanceof Error ? error : new Error(String(error)));
      setBusy(false);
    }
  };
  return (
    <form
      aria-label="Accept with a password"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <Stack gap="sm">
        {/* for the browser's password store, which wants to know whose it is */}
        <input type="text" name="username" autoComplete="username" value={email} readOnly hidden />
        <PasswordInput
          label="A password of your own"
          description="Twelve characters or more; a few words are good."
          name="password"
          autoComplete="new-password"
          required
          withAsterisk={false}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        {failure ? <Problem error={failure} /> : null}
        <Button type="submit" size="sm" loading={isBusy} disabled={password === ""}>
          Accept the invitation
        </Button>
      </Stack>
    </form>
  );
}
