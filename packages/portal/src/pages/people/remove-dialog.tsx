import { api } from "../../lib/api.ts";
import { ConfirmDialog } from "../../ui/confirm-dialog.tsx";
import { QueryView } from "../../ui/query-view.tsx";
import { useAction } from "../../ui/use-action.ts";
import type { Person } from "./people.tsx";
import { useLeftBehindQuery } from "./use-people-queries.ts";

/** Before somebody is removed: what ends with them, and what will need somebody else. */
export function RemoveDialog({ person, onClose }: { person: Person | undefined; onClose: () => void }) {
  const query = useLeftBehindQuery(person?.id);
  const remove = useAction({
    act: ({ id }: Person) => api.removePerson({ params: { person: id } }),
    topics: ["people", "principals", "tokens", "teams"],
    done: `Removed ${person?.name ?? ""}`,
  });
  return (
    <ConfirmDialog
      opened={person !== undefined}
      title={`Remove ${person?.name ?? ""}?`}
      confirm="Remove"
      danger
      onConfirm={async () => person && remove.mutateAsync(person)}
      onClose={onClose}
    >
      <p style={{ marginTop: 0 }}>
        They are signed out at once and cannot come in again, also not by the provider. What they did stays in the
        ledger. This cannot be taken back.
      </p>
      <QueryView query={query} rows={2}>
        {({ sessions, tokens, emptyTeams, projectsWithoutAdmin }) => (
          <ul style={{ margin: 0, paddingLeft: 18 }}>
            <li>
              {sessions} sessions and {tokens} tokens end.
            </li>
            {emptyTeams.map(({ team, projects }) => (
              <li key={team}>
                Nobody is left in <b>{team}</b>
                {projects.length > 0 ? `, which owns ${projects.join(", ")}` : ""}.
              </li>
            ))}
            {projectsWithoutAdmin.map((project) => (
              <li key={project}>
                <b>{project}</b> has no admin by role left.
              </li>
            ))}
          </ul>
        )}
      </QueryView>
    </ConfirmDialog>
  );
}
