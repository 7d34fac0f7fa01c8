import { MultiSelect, Select, TextInput } from "@mantine/core";
import { platformPermissions, rolePermissions, scopePresetNames } from "@pave/contract";
import { useState } from "react";
import { api } from "../../lib/api.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { DialogForm } from "../../ui/dialog-form.tsx";
import { DocsLink } from "../../ui/docs-link.tsx";
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
export function TokenForm({ opened, ...props }: FieldsProps & { opened: boolean }) {
  return (
    <Dialog opened={opened} onClose={props.onClose} title="New token">
      <Fields {...props} />
    </Dialog>
  );
}

interface FieldsProps {
  readonly onClose: () => void;
  readonly onMade: (made: { name: string; token: string }) => void;
}

function Fields({ onClose, onMade }: FieldsProps) {
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
    const { token } = await create.mutateAsync(undefined);
    onMade({ name: name.trim(), token });
  };
  return (
    <DialogForm
      submit="Create token"
      blocked={name.trim() === "" ? "Give it a name: what it is for." : null}
      aside={<DocsLink to="/docs/sign-in#tokens">What a token may</DocsLink>}
      onSubmit={submit}
      onClose={onClose}
    >
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
    </DialogForm>
  );
}
