import { Button, Checkbox, Group, MultiSelect, Select, Stack, TextInput } from "@mantine/core";
import { nameSchema, type Role, roles } from "@pave/contract";
import { useState } from "react";
import { api } from "../../lib/api.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { useAction } from "../../ui/use-action.ts";
import { useProjectsQuery } from "../projects/use-projects-query.ts";
import { useTeamsQuery } from "../settings/use-settings-queries.ts";
import type { MadeLink } from "./people.tsx";

/** An invitation by e-mail address, with what the person will have from their first minute. The link is shown once. */
export function InviteDialog({
  opened,
  onClose,
  onMade,
}: {
  opened: boolean;
  onClose: () => void;
  onMade: (link: MadeLink) => void;
}) {
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
    const made = await invite.mutateAsync(undefined).catch(() => undefined);
    if (!made) return;
    onMade({
      title: `Send this link to ${made.invitation.email}. It is shown this once and works once.`,
      url: made.url,
    });
    setEmail("");
    setName("");
    setJoins([]);
    setProject(null);
    setAdmin(false);
    onClose();
  };
  return (
    <Dialog opened={opened} onClose={onClose} title="Invite somebody" centered>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <Stack gap="sm">
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
            label="platform admin"
            checked={platformAdmin}
            onChange={(event) => setAdmin(event.currentTarget.checked)}
          />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={invite.isPending} disabled={email.trim() === "" || isWrong}>
              Make the invitation
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
