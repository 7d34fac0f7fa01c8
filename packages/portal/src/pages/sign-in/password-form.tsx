import { Button, PasswordInput, Stack, TextInput } from "@mantine/core";
import type { Session } from "@pave/contract";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../lib/api.ts";
import { Problem } from "../../ui/problem.tsx";

/** E-mail or name, and a password. What is wrong is told above the button, and what was typed stays. */
export function PasswordForm({ onSignedIn }: { onSignedIn?: (() => void) | undefined }) {
  const queryClient = useQueryClient();
  const [account, setAccount] = useState("");
  const [password, setPassword] = useState("");
  const [failure, setFailure] = useState<Error>();
  const [isBusy, setBusy] = useState(false);
  const submit = async () => {
    setBusy(true);
    setFailure(undefined);
    try {
      const session: Session = await api.signInByPassword({ body: { account: account.trim(), password } });
      queryClient.setQueryData(["session"], session);
      onSignedIn?.();
    } catch (error) {
      setFailure(error instanceof Error ? error : new Error(String(error)));
      setPassword("");
    } finally {
      setBusy(false);
    }
  };
  return (
    <form
      aria-label="Sign in with a password"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <Stack gap="sm">
        <TextInput
          label="E-mail or name"
          name="username"
          autoComplete="username"
          required
          withAsterisk={false}
          value={account}
          onChange={(event) => setAccount(event.currentTarget.value)}
        />
        <PasswordInput
          label="Password"
          name="password"
          autoComplete="current-password"
          required
          withAsterisk={false}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        {failure ? <Problem error={failure} /> : null}
        <Button type="submit" size="sm" loading={isBusy} disabled={account.trim() === "" || password === ""}>
          Sign in
        </Button>
      </Stack>
    </form>
  );
}
