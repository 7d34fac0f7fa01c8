import { Group } from "@mantine/core";
import { type Repository, topics } from "@pave/contract";
import { IconGitBranch } from "@tabler/icons-react";
import { useState } from "react";
import { useDenied } from "../../app/use-may.ts";
import { api } from "../../lib/api.ts";
import { Card } from "../../ui/card.tsx";
import { ConfirmDialog } from "../../ui/confirm-dialog.tsx";
import { CopyLine } from "../../ui/copy-line.tsx";
import { Facts } from "../../ui/facts.tsx";
import { GuardedButton } from "../../ui/guarded-button.tsx";
import { EmptyState, QueryView } from "../../ui/query-view.tsx";
import { useAction } from "../../ui/use-action.ts";
import classes from "../settings/settings.module.css";
import { ConnectRepository } from "./connect-repository.tsx";
import { RepositoryPushes } from "./repository-pushes.tsx";
import { useRepositoryQuery } from "./use-repository-query.ts";

/** Which repository's pushes are run and released, and what came of the last ones? */
export function RepositoryCard({ project }: { project: string }) {
  const query = useRepositoryQuery(project);
  const denied = useDenied(project, "repository.update");
  const [isAsking, setAsking] = useState(false);
  const [isLeaving, setLeaving] = useState(false);
  const [secret, setSecret] = useState<string>();
  const connected = query.data?.repository ?? null;
  const disconnect = useAction({
    act: () => api.disconnectRepository({ params: { project } }),
    topics: [topics.project(project)],
    done: "The repository is disconnected",
  });
  return (
    <Card
      title="Repository"
      aside={
        <Group gap="xs">
          {connected ? (
            <GuardedButton variant="default" blocked={denied} onClick={() => setLeaving(true)}>
              Disconnect
            </GuardedButton>
          ) : null}
          <GuardedButton
            variant="default"
            leftSection={<IconGitBranch size={14} />}
            blocked={denied}
            onClick={() => setAsking(true)}
          >
            {connected ? "Connect anew" : "Connect a repository"}
          </GuardedButton>
        </Group>
      }
      flush
    >
      {secret && connected ? (
        <div className={classes.once} role="status">
          <b>The webhook's secret, shown this once. Set up a webhook for pushes at the host, as JSON, with both.</b>
          <CopyLine text={connected.webhookUrl} label="Copy the URL" />
          <CopyLine text={secret} label="Copy the secret" />
        </div>
      ) : null}
      <QueryView query={query} rows={3}>
        {({ repository }) =>
          repository ? (
            <>
              <div style={{ padding: "4px 16px 12px" }}>
                <Facts columns={2} facts={factsOf(repository)} />
                {secret ? null : <CopyLine text={repository.webhookUrl} label="Copy the webhook's URL" />}
              </div>
              <RepositoryPushes project={project} />
            </>
          ) : (
            <EmptyState
              title="No repository is connected"
              detail="Connect one, and what is pushed to its branch is checked, run and released to an environment. CI can do the same with the project's workflow files."
            />
          )
        }
      </QueryView>
      <ConnectRepository
        project={project}
        before={connected}
        opened={isAsking}
        onClose={() => setAsking(false)}
        onMade={setSecret}
      />
      <ConfirmDialog
        opened={isLeaving}
        title={`Disconnect ${connected?.url ?? "the repository"}?`}
        confirm="Disconnect"
        danger
        onConfirm={async () => {
          await disconnect.mutateAsync(undefined);
          setSecret(undefined);
        }}
        onClose={() => setLeaving(false)}
      >
        Pushes do nothing any more; its secrets and the list of its pushes are removed. Runs and releases stay.
      </ConfirmDialog>
    </Card>
  );
}

const factsOf = (repository: Repository) => [
  { label: "Address", value: <code>{repository.url}</code> },
  {
    label: `A push to ${repository.branch}`,
    value: repository.deployTo ? `is run and released to ${repository.deployTo}` : "is run",
  },
  { label: "Folder", value: repository.folder || "the root" },
  {
    label: "Commit statuses",
    value: repository.hasAccessToken ? "are posted" : "none: there is no access token",
  },
  { label: "Acts as", value: repository.actsAs.name },
];
