import { PasswordInput } from "@mantine/core";
import { useState } from "react";
import { api } from "../../lib/api.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { DialogForm } from "../../ui/dialog-form.tsx";
import { useAction } from "../../ui/use-action.ts";

/** A new password, with the old one where there is one. The other sessions end. */
export function PasswordDialog({ opened, hasOne, onClose }: { opened: boolean; hasOne: boolean; onClose: () => void }) {
  return (
    <Dialog opened={opened} onClose={onClose} title={hasOne ? "Change password" : "Set a password"}>
      <Fields hasOne={hasOne} onClose={onClose} />
    </Dialog>
  );
}

function Fields({ hasOne, onClose }: { hasOne: boolean; onClose: () => void }) {
  const [current, setCurrent] = useState("");
  const [password, setPassword] = useState("");
  const change = useAction({
    act: () => api.changePassword({ body: { password, ...(hasOne ? { current } : {}) } }),
    topics: ["account"],
    done: "The password is changed; your other sessions are over",
  });
  return (
    <DialogForm
      submit={hasOne ? "Change password" : "Set the password"}
      blocked={hasOne && current === "" ? "Give the current one." : password === "" ? "Give a new one." : null}
      onSubmit={() => change.mutateAsync(undefined)}
      onClose={onClose}
    >
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
        {...(hasOne ? {} : { "data-autofocus": true })}
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
      />
    </DialogForm>
  );
}
