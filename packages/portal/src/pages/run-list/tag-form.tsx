import { Autocomplete, SegmentedControl, TextInput } from "@mantine/core";
import { type ChangedRuns, topics } from "@pave/contract";
import { useState } from "react";
import { api } from "../../lib/api.ts";
import { DialogForm } from "../../ui/dialog-form.tsx";
import { useAction } from "../../ui/use-action.ts";
import { useRunKeysQuery, useRunValuesQuery } from "./use-runs-queries.ts";

/** Sets a tag of all runs that are selected, or takes it away. */
export function TagForm(props: {
  readonly project: string;
  readonly ids: readonly string[];
  readonly onDone: (changed: ChangedRuns) => void;
  readonly onClose: () => void;
}) {
  const { project, ids, onDone, onClose } = props;
  const [what, setWhat] = useState("set");
  const [name, setName] = useState("");
  const [value, setValue] = useState("");
  const keys = useRunKeysQuery(project);
  const isKnown = keys.data?.tags.some((tag) => tag.name === name) === true;
  const values = useRunValuesQuery(project, isKnown ? { of: `tags.${name}`, part: "" } : null);
  const tag = useAction({
    act: () =>
      api.tagTrackedRuns({
        params: { project },
        body: { ids: [...ids], tags: { [name.trim()]: what === "set" ? value : null } },
      }),
    topics: [topics.project(project)],
  });
  return (
    <DialogForm
      submit={what === "set" ? "Set the tag" : "Take the tag away"}
      blocked={name.trim() === "" ? "Name the tag first." : null}
      onSubmit={async () => onDone(await tag.mutateAsync(undefined))}
      onClose={onClose}
    >
      <SegmentedControl
        size="xs"
        aria-label="What to do"
        data={[
          { value: "set", label: "Set" },
          { value: "remove", label: "Take away" },
        ]}
        value={what}
        onChange={setWhat}
      />
      <Autocomplete
        label="Tag"
        data={(keys.data?.tags ?? []).map((one) => one.name)}
        value={name}
        onChange={setName}
        data-autofocus
      />
      {what === "set" ? (
        isKnown ? (
          <Autocomplete
            label="Value"
            data={(values.data?.items ?? []).map((one) => one.value)}
            value={value}
            onChange={setValue}
          />
        ) : (
          <TextInput label="Value" value={value} onChange={(event) => setValue(event.currentTarget.value)} />
        )
      ) : null}
    </DialogForm>
  );
}
