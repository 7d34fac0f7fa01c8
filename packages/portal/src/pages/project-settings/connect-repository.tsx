import { Button, Group, PasswordInput, Select, Stack, TextInput } from "@mantine/core";
import { type Repository, type RepositoryProvider, repositoryProviders, topics } from "@pave/contract";
import { useState } from "react";
import { api } from "../../lib/api.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { useAction } from "../../ui/use-action.ts";
import { useEnvironmentsQuery } from "../environments/use-environments-query.ts";

const providers: Record<RepositoryProvider, string> = { github: "GitHub", gitlab: "GitLab", gitea: "Gitea or Forgejo" };

/** Asks for a repository. Connecting anew makes a new secret, and takes the old one's place. */
export function ConnectRepository({
  project,
  before,
  opened,
  onClose,
  onMade,
}: {
  project: string;
  before: Repository | null;
  opened: boolean;
  onClose: () => void;
  onMade: (secret: string) => void;
}) {
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
    if (chosen === null) return;
    const made = await connect.mutateAsync(chosen).catch(() => undefined);
    if (!made) return;
    setAccessToken("");
    onMade(made.webhookSecret);
    onClose();
  };
  return (
    <Dialog opened={opened} onClose={onClose} title={before ? "Connect anew" : "Connect a repository"} centered>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <Stack gap="sm">
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
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={connect.isPending} disabled={url.trim() === "" || chosen === null}>
              Connect
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
