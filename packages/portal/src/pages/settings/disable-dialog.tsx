import { Select, Text } from "@mantine/core";
import type { PrincipalRef } from "@pave/contract";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../lib/api.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { DialogForm } from "../../ui/dialog-form.tsx";
import layout from "../../ui/layout.module.css";
import { QueryView } from "../../ui/query-view.tsx";
import { useAction } from "../../ui/use-action.ts";
import { useLast } from "../../ui/use-last.ts";

interface DisableDialogProps {
  readonly leaving: PrincipalRef | undefined;
  /** Who could take over. */
  readonly others: readonly PrincipalRef[];
  readonly onClose: () => void;
  /** A person who is removed cannot come in again, also not by the provider; accounts and teams are disabled. */
  readonly removes?: boolean;
}

/** Asks once more, and where somebody alone holds something, who takes it over: nothing is left without an owner. */
export function DisableDialog({ leaving, others, onClose, removes = false }: DisableDialogProps) {
  const shown = useLast(leaving);
  return (
    <Dialog
      opened={leaving !== undefined}
      onClose={onClose}
      title={`${removes ? "Remove" : "Disable"} ${shown?.name ?? ""}?`}
    >
      {shown ? <Content key={shown.id} leaving={shown} others={others} onClose={onClose} removes={removes} /> : null}
    </Dialog>
  );
}

function Content({ leaving, others, onClose, removes }: DisableDialogProps & { leaving: PrincipalRef }) {
  const [to, setTo] = useState<string | null>(null);
  const query = useQuery({
    queryKey: ["holdings", leaving.id],
    queryFn: () => api.listHoldings({ params: { principal: leaving.id } }),
    gcTime: 0,
  });
  const disable = useAction({
    act: async () => {
      const body = to === null ? {} : { to };
      if (removes) await api.removePerson({ params: { person: leaving.id }, body });
      else await api.disablePrincipal({ params: { principal: leaving.id }, body });
    },
    topics: ["people", "principals", "tokens", "teams", "holdings"],
    done: `${leaving.name} is ${removes ? "removed" : "disabled"}`,
  });
  const verb = removes ? "Remove" : "Disable";
  const isTeam = leaving.kind === "team";
  const wanted = isTeam ? "team" : "user";
  const candidates = others.filter(({ id, kind }) => id !== leaving.id && kind === wanted);
  const held = query.data?.items ?? [];
  return (
    <DialogForm
      submit={held.length > 0 ? `Hand over and ${verb.toLowerCase()}` : verb}
      danger
      blocked={
        query.data === undefined
          ? `What ${leaving.name} holds is being looked for.`
          : held.length > 0 && to === null
            ? "Choose who takes over."
            : null
      }
      onSubmit={() => disable.mutateAsync(undefined)}
      onClose={onClose}
    >
      <Text size="sm">
        {isTeam
          ? "What its members may by it ends with their next request."
          : removes
            ? "They are signed out at once and cannot come in again, also not by the provider. All their tokens are revoked."
            : "They are signed out, and all their tokens are revoked."}{" "}
        What they did stays in the ledger. This cannot be taken back.
      </Text>
      <QueryView query={query} rows={2}>
        {({ items }) =>
          items.length > 0 ? (
            <>
              <Text size="sm">{leaving.name} alone holds what follows; somebody has to take it over:</Text>
              <ul style={{ margin: 0, paddingLeft: 18, fontSize: "0.8125rem" }}>
                {items.map(({ name, becomes }) => (
                  <li key={name}>
                    {name} <span className={layout.soft}>– {becomes}</span>
                  </li>
                ))}
              </ul>
              <Select
                size="xs"
                label="Who takes over"
                placeholder="choose"
                searchable
                data-autofocus
                data={candidates.map(({ id, name }) => ({ value: id, label: name }))}
                value={to}
                onChange={setTo}
              />
            </>
          ) : null
        }
      </QueryView>
    </DialogForm>
  );
}
