import { PasswordInput, Select, TextInput } from "@mantine/core";
import { type Repository, type RepositoryProvider, repositoryProviders, topics } from "@pave/contract";
import { useState } from "react";
import { api } from "../../lib/api.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { DialogForm } from "../../ui/dialog-form.tsx";
import { DocsLink } from "../../ui/docs-link.tsx";
import { useAction } from "../../ui/use-action.ts";
import { useEnvironmentsQuery } from "../environments/use-environments-query.ts";

const providers: Record<RepositoryProvider, string> = { github: "GitHub", gitlab: "GitLab", gitea: "Gitea or Forgejo" };

/** Asks for a repository. Connecting anew makes a new secret, and takes the old one's place. */
export function ConnectRepository({ opened, ...props }: FieldsProps & { opened: boolean }) {
  return (
    <Dialog opened={opened} onClose={props.onClose} title={props.before ? "Connect anew" : "Connect a repository"}>
      <Fields {...props} />
    </Dialog>
  );
}

interface FieldsProps {
  readonly project: string;
  readonly before: Repository | null;
  readonly onClose: () => void;
  readonly onMade: (secret: string) => void;
}

function Fields({ project, before, onClose, onMade }: FieldsProps) {
  const environments = useEnvironmentsQuery();
  const [url, setUrl] = useState(before?.url ?? "");
  const [provider, setProvider] = useState<RepositoryProvider | null>(before?.provider ?? null);
  const [branch, setBranch] = useState(before?.branch ?? "main");
  const [folder, setFolder] = useState(before?.folder ?? "");
  const [deployTo, setDeployTo] = useState<string | null>(before?.deployTo ?? "staging");
  const [accessToken, setAccessToken] = useState("");
  const guessed = repositoryProviders.find((one) => url.includes(one)) ?? null;
  const chosen = provider ?? guessed;
  const connect = useAction({
    act: (as: RepositoryProvider) =>
      api.connectRepository({
        params: { project },
        body: {
          url: url.trim(),
          provider: as,
          branch: branch.trim(),
          folder: folder.trim(),
          deployTo,
          ...(accessToken === "" ? {} : { accessToken }),
        },
      }),
    topics: [topics.project(project)],
  });
  const submit = async () => {
    if (chosen !== null) onMade((await connect.mutateAsync(chosen)).webhookSecret);
  };
  return (
    <DialogForm
      submit="Connect"
      blocked={url.trim() === "" ? "Give its address." : chosen === null ? "Choose its host." : null}
      aside={<DocsLink to="/docs/ci#pushes-without-ci">How pushes are run</DocsLink>}
      onSubmit={submit}
      onClose={onClose}
    >
      <TextInput
        size="xs"
        label="Address"
        description="To fetch from, with https"
        placeholder="https://github.com/acme/flights"
        required
        data-autofocus
        value={url}
        onChange={(event) => setUrl(event.currentTarget.value)}
      />
      <Select
        size="xs"
        label="Host"
        required
        allowDeselect={false}
        data={repositoryProviders.map((value) => ({ value, label: providers[value] }))}
        value={chosen}
        onChange={(value) => setProvider(value as RepositoryProvider)}
      />
      <TextInput
        size="xs"
        label="Branch"
        description="Pushes to it are run and released; pushes to others are only checked"
        required
        value={branch}
        onChange={(event) => setBranch(event.currentTarget.value)}
      />
      <TextInput
        size="xs"
        label="Folder"
        description="Where pave.yaml lies; empty for the root"
        value={folder}
        onChange={(event) => setFolder(event.currentTarget.value)}
      />
      <Select
        size="xs"
        label="Release to"
        placeholder="nowhere: only run"
        clearable
        data={(environments.data?.items ?? []).map(({ name }) => name)}
        value={deployTo}
        onChange={setDeployTo}
      />
      <PasswordInput
        size="xs"
        label="Access token"
        description="May read the repository and write commit statuses; kept sealed, never shown again"
        autoComplete="off"
        value={accessToken}
        onChange={(event) => setAccessToken(event.currentTarget.value)}
      />
    </DialogForm>
  );
}
