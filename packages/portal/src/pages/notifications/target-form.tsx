import { Checkbox, Group, NumberInput, PasswordInput, Select, TagsInput, TextInput } from "@mantine/core";
import type { CreateTarget, TargetKind } from "@pave/contract";
import { useState } from "react";
import { api } from "../../lib/api.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { DialogForm } from "../../ui/dialog-form.tsx";
import { DocsLink } from "../../ui/docs-link.tsx";
import { useAction } from "../../ui/use-action.ts";
import { notificationTopics } from "./use-notification-queries.ts";

const kinds = [
  { value: "webhook", label: "Webhook: signed JSON for a program" },
  { value: "slack", label: "Slack: incoming webhook of a channel" },
  { value: "teams", label: "Teams: workflow of a channel" },
  { value: "email", label: "E-mail by SMTP" },
];
const urlHelp: Record<Exclude<TargetKind, "email">, string> = {
  webhook: "https://…, where JSON is taken by POST",
  slack: "https://hooks.slack.com/services/…",
  teams: "The address that the workflow “Post to a channel when a webhook request is received” shows",
};
const platform = "the platform";

const nothing = {
  name: "",
  kind: "webhook" as TargetKind,
  team: "",
  url: "",
  host: "",
  port: 587,
  security: "starttls" as "starttls" | "tls" | "none",
  user: "",
  password: "",
  from: "",
  to: [] as string[],
  forPeople: false,
};
type Form = typeof nothing;

/** A new place that messages go to. What is secret of it is sent once and never shown again. */
export function TargetForm({ opened, ...props }: FieldsProps & { opened: boolean }) {
  return (
    <Dialog opened={opened} onClose={props.onClose} title="New target">
      <Fields {...props} />
    </Dialog>
  );
}

interface FieldsProps {
  readonly teams: readonly string[];
  readonly isAdmin: boolean;
  readonly onClose: () => void;
  /** With the secret that messages of a webhook are signed with. */
  readonly onAdded: (name: string, signingSecret: string | null) => void;
}

function Fields({ teams, isAdmin, onClose, onAdded }: FieldsProps) {
  const owners = [...(isAdmin ? [platform] : []), ...teams];
  const [form, setForm] = useState<Form>({ ...nothing, team: owners[0] ?? "" });
  const set = (change: Partial<Form>) => setForm((before) => ({ ...before, ...change }));
  const add = useAction({
    act: () => api.addNotificationTarget({ body: bodyOf(form) }),
    topics: notificationTopics,
    done: "The target is added",
  });
  const submit = async () => {
    const { signingSecret } = await add.mutateAsync(undefined);
    onAdded(form.name.trim(), signingSecret);
  };
  return (
    <DialogForm
      submit="Add target"
      blocked={missingOf(form)}
      aside={<DocsLink to="/docs/notifications#targets-and-routes">What is sent</DocsLink>}
      onSubmit={submit}
      onClose={onClose}
    >
      <Select
        size="xs"
        label="Kind"
        data={kinds}
        allowDeselect={false}
        value={form.kind}
        onChange={(kind) => set({ kind: (kind ?? "webhook") as TargetKind })}
      />
      <TextInput
        size="xs"
        label="Name"
        description="Lower-case letters, digits and dashes"
        required
        maxLength={63}
        data-autofocus
        value={form.name}
        onChange={(event) => set({ name: event.currentTarget.value })}
      />
      <Select
        size="xs"
        label="Of"
        description="Whose members see and change it"
        data={owners}
        allowDeselect={false}
        value={form.team}
        onChange={(team) => set({ team: team ?? "" })}
      />
      {form.kind === "email" ? (
        <MailFields form={form} set={set} />
      ) : (
        <PasswordInput
          size="xs"
          label="URL"
          description={urlHelp[form.kind]}
          required
          autoComplete="off"
          value={form.url}
          onChange={(event) => set({ url: event.currentTarget.value })}
        />
      )}
    </DialogForm>
  );
}

function MailFields({ form, set }: { form: Form; set: (change: Partial<Form>) => void }) {
  return (
    <>
      <Group gap="xs" grow align="flex-start" preventGrowOverflow={false} wrap="nowrap">
        <TextInput
          size="xs"
          label="Mail server"
          required
          placeholder="smtp.example.com"
          value={form.host}
          onChange={(event) => set({ host: event.currentTarget.value })}
        />
        <NumberInput
          size="xs"
          label="Port"
          min={1}
          max={65_535}
          allowDecimal={false}
          w={90}
          value={form.port}
          onChange={(port) => set({ port: Number(port) || 587 })}
        />
      </Group>
      <Select
        size="xs"
        label="Encryption"
        data={[
          { value: "starttls", label: "STARTTLS (mostly port 587)" },
          { value: "tls", label: "TLS (mostly port 465)" },
          { value: "none", label: "none (only to hosts that the operator allows)" },
        ]}
        allowDeselect={false}
        value={form.security}
        onChange={(security) => set({ security: (security ?? "starttls") as Form["security"] })}
      />
      <TextInput
        size="xs"
        label="User"
        description="Left out, nobody signs in"
        autoComplete="off"
        value={form.user}
        onChange={(event) => set({ user: event.currentTarget.value })}
      />
      {form.user ? (
        <PasswordInput
          size="xs"
          label="Password"
          required
          autoComplete="new-password"
          value={form.password}
          onChange={(event) => set({ password: event.currentTarget.value })}
        />
      ) : null}
      <TextInput
        size="xs"
        label="From"
        required
        placeholder="pave@example.com"
        value={form.from}
        onChange={(event) => set({ from: event.currentTarget.value })}
      />
      <TagsInput
        size="xs"
        label="To"
        description="Who gets what routes send"
        value={form.to}
        onChange={(to) => set({ to })}
      />
      {form.team === platform ? (
        <Checkbox
          size="xs"
          label="Carries the mail to single people, too"
          checked={form.forPeople}
          onChange={(event) => set({ forPeople: event.currentTarget.checked })}
        />
      ) : null}
    </>
  );
}

/** What has to be given first, as a sentence. */
function missingOf({ name, kind, url, host, from }: Form): string | null {
  if (name.trim() === "") return "Give it a name.";
  if (kind !== "email") return url.trim() === "" ? "Give the address to send to." : null;
  if (host.trim() === "") return "Name the mail server.";
  return from.trim() === "" ? "Say which address the mail is from." : null;
}

function bodyOf(form: Form): CreateTarget {
  const target = { name: form.name.trim(), ...(form.team === platform ? {} : { team: form.team }) };
  if (form.kind !== "email") return { kind: form.kind, ...target, url: form.url.trim() };
  const { host, port, security, user, password, from, to } = form;
  return {
    ...{ kind: "email", ...target, host: host.trim(), port, security, from: from.trim(), to },
    forPeople: form.forPeople && form.team === platform,
    ...(user ? { user, password } : {}),
  };
}
