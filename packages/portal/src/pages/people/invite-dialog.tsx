import { Checkbox, Group, MultiSelect, Select, TextInput } from "@mantine/core";
import { nameSchema, type Role, roles } from "@pave/contract";
import { useState } from "react";
import { api } from "../../lib/api.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { DialogForm } from "../../ui/dialog-form.tsx";
import { DocsLink } from "../../ui/docs-link.tsx";
import { useAction } from "../../ui/use-action.ts";
import { useProjectsQuery } from "../projects/use-projects-query.ts";
import { useTeamsQuery } from "../settings/use-settings-queries.ts";
import type { MadeLink } from "./people.tsx";

/** An invitation by e-mail address, with what the person will have from their first minute. The link is shown once. */
export function InviteDialog({ opened, ...props }: FieldsProps & { opened: boolean }) {
  return (
    <Dialog opened={opened} onClose={props.onClose} title="Invite somebody">
      <Fields {...props} />
    </Dialog>
  );
}

interface FieldsProps {
  readonly onClose: () => void;
  readonly onMade: (link: MadeLink) => void;
}

function Fields({ onClose, onMade }: FieldsProps) {
  const [teams, projects] = [useTeamsQuery(), useProjectsQuery()];
  const [email, setEmail] = useState("");
  const [name, setName] = useState("");
  const [joins, setJoins] = useState<string[]>([]);
  const [project, setProject] = useState<string | null>(null);
  const [role, setRole] = useState<Role>("developer");
  const [platformAdmin, setAdmin] = useState(false);
  const invite = useAction({
    act: () =>
      api.invitePerson({
        body: {
          email: email.trim(),
          teams: joins,
          roles: project === null ? {} : { [project]: role },
          platformAdmin,
          ...(name === "" ? {} : { name }),
        },
      }),
    topics: ["invitations"],
  });
  const isWrong = name !== "" && !nameSchema.safeParse(name).success;
  const submit = async () => {
    const made = await invite.mutateAsync(undefined);
    onMade({
      title: `Send this link to ${made.invitation.email}. It is shown this once and works once.`,
      url: made.url,
    });
  };
  return (
    <DialogForm
      submit="Make the invitation"
      blocked={email.trim() === "" ? "Give an e-mail address." : isWrong ? "The name is not right yet." : null}
      aside={<DocsLink to="/docs/people#invite">How they come in</DocsLink>}
      onSubmit={submit}
      onClose={onClose}
    >
      <TextInput
        size="xs"
        type="email"
        label="E-mail"
        required
        data-autofocus
        value={email}
        onChange={(event) => setEmail(event.currentTarget.value)}
      />
      <TextInput
        size="xs"
        label="Name"
        placeholder="made from the address"
        value={name}
        error={isWrong ? "Lower-case letters, digits, dashes" : null}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <MultiSelect
        size="xs"
        label="Teams"
        placeholder={joins.length === 0 ? "none" : ""}
        searchable
        clearable
        data={(teams.data?.items ?? []).map((team) => team.name)}
        value={joins}
        onChange={setJoins}
      />
      <Group gap="xs" grow align="flex-end">
        <Select
          size="xs"
          label="Role on a project"
          placeholder="none"
          searchable
          clearable
          data={(projects.data?.items ?? []).map((one) => one.name)}
          value={project}
          onChange={setProject}
        />
        <Select
          size="xs"
          aria-label="Role"
          data={[...roles]}
          allowDeselect={false}
          disabled={project === null}
          value={role}
          onChange={(value) => setRole(roles.find((one) => one === value) ?? "developer")}
        />
      </Group>
      <Checkbox
        size="xs"
        label="Platform admin: may do everything, in every project"
        checked={platformAdmin}
        onChange={(event) => setAdmin(event.currentTarget.checked)}
      />
    </DialogForm>
  );
}
