import { Checkbox, Group, Select, TextInput } from "@mantine/core";
import { machineRoles } from "@pave/contract";
import { useState } from "react";
import { api } from "../../lib/api.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { DialogForm } from "../../ui/dialog-form.tsx";
import { DocsLink } from "../../ui/docs-link.tsx";
import { useAction } from "../../ui/use-action.ts";
import { useIssuersQuery } from "./use-machines-queries.ts";

const empty = { issuer: "", repository: "", branch: "main", tag: "", environment: "", role: "developer" };

/** A repository's branch to trust. What is seldom needed is the terminal's: `pave trusts add`. */
export function TrustForm({ opened, ...props }: FieldsProps & { opened: boolean }) {
  return (
    <Dialog opened={opened} onClose={props.onClose} title="Trust a repository's jobs">
      <Fields {...props} />
    </Dialog>
  );
}

interface FieldsProps {
  readonly project: string;
  readonly onClose: () => void;
}

function Fields({ project, onClose }: FieldsProps) {
  const issuers = useIssuersQuery();
  const [form, setForm] = useState(empty);
  const [pullRequests, setPullRequests] = useState(false);
  const set = (change: Partial<typeof empty>) => setForm((before) => ({ ...before, ...change }));
  const known = issuers.data?.items ?? [];
  const issuer = form.issuer || (known[0]?.url ?? "");
  const add = useAction({
    act: () =>
      api.addTrust({
        params: { project },
        body: {
          issuer,
          repository: form.repository.trim(),
          pullRequests,
          role: machineRoles.find((role) => role === form.role) ?? "developer",
          ...(form.branch.trim() ? { branch: form.branch.trim() } : {}),
          ...(form.tag.trim() ? { tag: form.tag.trim() } : {}),
          ...(form.environment.trim() ? { jobEnvironment: form.environment.trim() } : {}),
        },
      }),
    topics: ["trusts", "service-accounts", "session"],
    done: `Jobs of ${form.repository} get in`,
  });
  const nothing = form.branch.trim() === "" && form.tag.trim() === "" && !pullRequests;
  return (
    <DialogForm
      submit="Trust them"
      blocked={
        form.repository.trim() === ""
          ? "Name the repository."
          : nothing
            ? "Name a branch or a tag, or allow pull requests: a whole repository is not to be trusted."
            : null
      }
      aside={<DocsLink to="/docs/sign-in#jobs-of-ci">What the job needs</DocsLink>}
      onSubmit={() => add.mutateAsync(undefined)}
      onClose={onClose}
    >
      <Select
        size="xs"
        label="CI"
        data={known.map(({ url, kind }) => ({
          value: url,
          label: `${kind === "github" ? "GitHub" : "GitLab"}, ${new URL(url).host}`,
        }))}
        allowDeselect={false}
        value={issuer || null}
        onChange={(value) => set({ issuer: value ?? "" })}
      />
      <TextInput
        size="xs"
        label="Repository"
        placeholder="acme/flights"
        required
        data-autofocus
        value={form.repository}
        onChange={(event) => set({ repository: event.currentTarget.value })}
      />
      <Group grow gap="sm" align="flex-start">
        <TextInput
          size="xs"
          label="Branch"
          description="release/* is any below"
          value={form.branch}
          onChange={(event) => set({ branch: event.currentTarget.value })}
        />
        <TextInput
          size="xs"
          label="Tag"
          description="v* is any that begins so"
          value={form.tag}
          onChange={(event) => set({ tag: event.currentTarget.value })}
        />
      </Group>
      <Checkbox
        size="xs"
        label="Pull requests too; none of a fork"
        checked={pullRequests}
        onChange={(event) => setPullRequests(event.currentTarget.checked)}
      />
      <TextInput
        size="xs"
        label="Environment of the CI"
        placeholder="any"
        value={form.environment}
        onChange={(event) => set({ environment: event.currentTarget.value })}
      />
      <Select
        size="xs"
        label="They may what this role may"
        data={[...machineRoles]}
        allowDeselect={false}
        value={form.role}
        onChange={(value) => set({ role: value ?? "developer" })}
      />
    </DialogForm>
  );
}
