import { Button, Group, MultiSelect, Select, Stack, TextInput } from "@mantine/core";
import { platformPermissions, rolePermissions, scopePresetNames } from "@pave/contract";
import { useState } from "react";
import { api } from "../../lib/api.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { useAction } from "../../ui/use-action.ts";
import { useProjectsQuery } from "../projects/use-projects-query.ts";

const lives = [
  { value: "7", label: "7 days" },
  { value: "30", label: "30 days" },
  { value: "90", label: "90 days" },
  { value: "366", label: "a year" },
];
const permissions = [
  { group: "Presets", items: [...scopePresetNames] as string[] },
  { group: "On projects", items: [...rolePermissions.admin] as string[] },
  { group: "On the platform", items: [...platformPermissions] as string[] },
];

/** A token for what acts in one's name: named after its use, no stronger and no longer-lived than it needs to be. */
export function TokenForm({
  opened,
  onClose,
  onMade,
}: {
  opened: boolean;
  onClose: () => void;
  onMade: (made: { name: string; token: string }) => void;
}) {
  const projects = useProjectsQuery();
  const [name, setName] = useState("");
  const [project, setProject] = useState<string | null>(null);
  const [scopes, setScopes] = useState<string[]>([]);
  const [days, setDays] = useState("90");
  const create = useAction({
    act: () =>
      api.createToken({
        body: {
          name: name.trim(),
          expiresInDays: Number(days),
          ...(project === null ? {} : { project }),
          ...(scopes.length === 0 ? {} : { scopes }),
        },
      }),
    topics: ["tokens"],
  });
  const submit = async () => {
    const made = await create.mutateAsync(undefined).catch(() => undefined);
    if (!made) return;
    onMade({ name: name.trim(), token: made.token });
    setName("");
    setScopes([]);
    setProject(null);
    onClose();
  };
  return (
    <Dialog opened={opened} onClose={onClose} title="New token" centered>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <Stack gap="sm">
          <TextInput
            size="xs"
            label="Name"
            description="What it is for"
            required
            maxLength={100}
            data-autofocus
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Select
            size="xs"
            label="Project"
            placeholder="every project that I may see"
            clearable
            searchable
            data={(projects.data?.items ?? []).map((one) => one.name)}
            value={project}
            onChange={setProject}
          />
          <MultiSelect
            size="xs"
            label="Limited to"
            placeholder={scopes.length === 0 ? "all that I may do" : ""}
            searchable
            clearable
            data={permissions}
            value={scopes}
            onChange={setScopes}
          />
          <Select
            size="xs"
            label="Good for"
            data={lives}
            allowDeselect={false}
            value={days}
            onChange={(value) => setDays(value ?? "90")}
          />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={create.isPending} disabled={name.trim() === ""}>
              Create token
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
