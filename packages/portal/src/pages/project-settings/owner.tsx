import { Select } from "@mantine/core";
import { topics } from "@pave/contract";
import { useState } from "react";
import { useDenied } from "../../app/use-may.ts";
import { api } from "../../lib/api.ts";
import { Card } from "../../ui/card.tsx";
import { ConfirmDialog } from "../../ui/confirm-dialog.tsx";
import { Pill } from "../../ui/pill.tsx";
import { useAction } from "../../ui/use-action.ts";
import { useTeamsQuery } from "../settings/use-settings-queries.ts";

/** The team that the project, its models and what they serve belong to. There always is one. */
export function Owner({ project, owner }: { project: string; owner: string }) {
  const denied = useDenied(project, "member.update");
  const teams = useTeamsQuery();
  const [asked, setAsked] = useState<string>();
  const set = useAction({
    act: (team: string) => api.setProjectOwner({ params: { project }, body: { owner: team } }),
    topics: [topics.project(project)],
    done: "The project has another owner",
  });
  const names = new Set([owner, ...(teams.data?.items ?? []).map(({ name }) => name)]);
  return (
    <Card title="Owner">
      {denied === null ? (
        <Select
          size="xs"
          label="The team it belongs to"
          data={[...names]}
          allowDeselect={false}
          value={owner}
          onChange={(value) => setAsked(value && value !== owner ? value : undefined)}
        />
      ) : (
        <Pill>{owner}</Pill>
      )}
      <p style={{ margin: "8px 0 0", fontSize: "0.8125rem", color: "var(--ink-soft)" }}>
        Its models, deployments and alerts are this team's, too.
      </p>
      <ConfirmDialog
        opened={asked !== undefined}
        title={`Hand ${project} over to ${asked ?? ""}?`}
        confirm="Hand over"
        onConfirm={async () => asked && set.mutateAsync(asked)}
        onClose={() => setAsked(undefined)}
      >
        Members of {asked} become developers of the project. What {owner} may here stays until its role is taken away.
      </ConfirmDialog>
    </Card>
  );
}
