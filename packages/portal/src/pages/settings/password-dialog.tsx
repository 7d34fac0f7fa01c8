import { Button, Group, PasswordInput, Stack } from "@mantine/core";
import { useState } from "react";
import { api } from "../../lib/api.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { useAction } from "../../ui/use-action.ts";

/** A new password, with the old one where there is one. The other sessions end. */
export function PasswordDialog({ opened, hasOne, onClose }: { opened: boolean; hasOne: boolean; onClose: () => void }) {
  const [current, setCurrent] = useState("");
  const [password, setPassword] = useState("");
  const change = useAction({
    act: () => api.changePassword({ body: { password, ...(hasOne ? { current } : {}) } }),
    topics: ["account"],
    done: "The password is changed; your other sessions are over",
  });
  const submit = async () => {
    if (!(await change.mutateAsync(undefined).catch(() => undefined))) return;
    setCurrent("");
    setPassword("");
    onClose();
  };
  return (
    <Dialog opened={opened} onClose={onClose} title={hasOne ? "Change password" : "Set a password"} centered>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <Stack gap="sm">
          {hasOne ? (
            <PasswordInput
              size="xs"
              label="Current password"
              autoComplete="current-password"
              required
              data-autofocus
              value={current}
              onChange={(event) => setCurrent(event.currentTarget.value)}
            />
          ) : null}
          <PasswordInput
            size="xs"
            label="New password"
            description="Twelve characters or more; a few words are good. Your other sessions end."
            autoComplete="new-password"
            required
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={change.isPending} disabled={password === "" || (hasOne && current === "")}>
              {hasOne ? "Change password" : "Set the password"}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
