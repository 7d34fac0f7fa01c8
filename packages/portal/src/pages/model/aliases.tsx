import { ActionIcon, TextInput, Tooltip } from "@mantine/core";
import { topics } from "@pave/contract";
import { IconPencil, IconX } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { useDenied } from "../../app/use-may.ts";
import { api } from "../../lib/api.ts";
import { Card } from "../../ui/card.tsx";
import { ConfirmDialog } from "../../ui/confirm-dialog.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { DialogForm } from "../../ui/dialog-form.tsx";
import { GuardedButton } from "../../ui/guarded-button.tsx";
import layout from "../../ui/layout.module.css";
import { useAction } from "../../ui/use-action.ts";
import { AliasChanges } from "./alias-changes.tsx";
import classes from "./model.module.css";

interface Asked {
  readonly alias: string;
  readonly version: string;
}

/** Names that point at versions, who pointed them there, and a way to point them elsewhere. */
export function Aliases({
  project,
  model,
  aliases,
  version,
}: {
  project: string;
  model: string;
  aliases: Readonly<Record<string, string>>;
  /** On the page of a version: what a new alias points at. */
  version?: string;
}) {
  const [asked, setAsked] = useState<Asked>();
  const [removes, setRemoves] = useState<string>();
  const denied = useDenied(project, "model.update");
  const about = [topics.model(project, model), topics.project(project)];
  const set = useAction({
    act: ({ alias, version }: Asked) => api.setAlias({ params: { project, model, alias }, body: { version } }),
    topics: about,
  });
  const remove = useAction({
    act: (alias: string) => api.deleteAlias({ params: { project, model, alias } }),
    topics: about,
  });
  return (
    <Card
      title="Aliases"
      aside={
        <GuardedButton
          variant="subtle"
          color="gray"
          size="compact-xs"
          blocked={denied}
          onClick={() => setAsked({ alias: "", version: version ?? "" })}
        >
          Set…
        </GuardedButton>
      }
    >
      {Object.keys(aliases).length === 0 ? (
        <span className={layout.soft}>No alias. One such as champion says which version to use, and can be moved.</span>
      ) : null}
      <ul className={classes.list}>
        {Object.entries(aliases).map(([alias, at]) => (
          <li key={alias} className={classes.row}>
            <span className={classes.grow}>
              <b>@{alias}</b> is{" "}
              <Link
                to="/projects/$project/models/$model/versions/$version"
                params={{ project, model, version: at }}
                className="link"
              >
                version {at}
              </Link>
            </span>
            {denied === null ? (
              <>
                <Small
                  label={`Move ${alias}`}
                  icon={<IconPencil size={13} />}
                  onClick={() => setAsked({ alias, version: version ?? at })}
                />
                <Small label={`Remove ${alias}`} icon={<IconX size={13} />} onClick={() => setRemoves(alias)} />
              </>
            ) : null}
          </li>
        ))}
      </ul>
      <AliasChanges project={project} model={model} />
      <Dialog opened={asked !== undefined} onClose={() => setAsked(undefined)} title="Point an alias at a version">
        {asked ? (
          <AliasForm asked={asked} onSet={(one) => set.mutateAsync(one)} onClose={() => setAsked(undefined)} />
        ) : null}
      </Dialog>
      <ConfirmDialog
        opened={removes !== undefined}
        title={`Remove the alias ${removes ?? ""}?`}
        confirm="Remove the alias"
        danger
        onConfirm={async () => removes !== undefined && remove.mutateAsync(removes)}
        onClose={() => setRemoves(undefined)}
      >
        What asks for models:/{model}@{removes} finds nothing then. What is deployed stays as it is.
      </ConfirmDialog>
    </Card>
  );
}

function Small({ label, icon, onClick }: { label: string; icon: ReactNode; onClick: () => void }) {
  return (
    <Tooltip label={label}>
      <ActionIcon variant="subtle" color="gray" size="sm" aria-label={label} onClick={onClick}>
        {icon}
      </ActionIcon>
    </Tooltip>
  );
}

function AliasForm(props: { asked: Asked; onSet: (asked: Asked) => Promise<unknown>; onClose: () => void }) {
  const [alias, setAlias] = useState(props.asked.alias);
  const [version, setVersion] = useState(props.asked.version);
  const isMissing = alias.trim() === "" || version.trim() === "";
  return (
    <DialogForm
      submit="Set the alias"
      blocked={isMissing ? "Both have to be said." : null}
      onSubmit={() => props.onSet({ alias: alias.trim(), version: version.trim() })}
      onClose={props.onClose}
    >
      <TextInput
        label="Alias"
        placeholder="champion"
        maxLength={255}
        data-autofocus={props.asked.alias === "" || undefined}
        readOnly={props.asked.alias !== ""}
        value={alias}
        onChange={(event) => setAlias(event.currentTarget.value)}
      />
      <TextInput
        label="Version"
        description="Its number, or another alias."
        maxLength={255}
        data-autofocus={props.asked.alias !== "" || undefined}
        value={version}
        onChange={(event) => setVersion(event.currentTarget.value)}
      />
    </DialogForm>
  );
}
