import { Select } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { type ComparedRun, mostComparedRuns } from "@pave/contract";
import { IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { runKey } from "../../lib/run-key.ts";
import { queryOf } from "../run-list/run-search.ts";
import { useFirstRunsQuery } from "../run-list/use-runs-queries.ts";

/** Looks for another run by a part of its name, or by conditions, and puts it beside the others. */
export function AddRun(props: {
  readonly project: string;
  readonly runs: readonly ComparedRun[];
  readonly onAdd: (key: string) => void;
}) {
  const { project, runs, onAdd } = props;
  const [text, setText] = useState("");
  const [isOpen, setOpen] = useState(false);
  const [wanted] = useDebouncedValue(text, 250);
  const found = useFirstRunsQuery(project, { ...queryOf({ filter: wanted, show: "all" }), columns: "" }, isOpen);
  const there = new Set(runs.map(({ id }) => id));
  const others = (found.data?.items ?? []).filter(({ id }) => !there.has(id));
  const isFull = runs.length >= mostComparedRuns;
  return (
    <Select
      size="xs"
      w={220}
      aria-label="Add a run"
      placeholder={isFull ? `${mostComparedRuns} runs are the most` : "Add a run"}
      disabled={isFull}
      leftSection={<IconPlus size={14} />}
      searchable
      // the server has looked already
      filter={({ options }) => options}
      data={others.map((run) => ({ value: runKey(run), label: run.name }))}
      nothingFoundMessage={found.isFetching ? "Looking…" : "No other run has that in its name"}
      value={null}
      searchValue={text}
      onSearchChange={setText}
      onDropdownOpen={() => setOpen(true)}
      onDropdownClose={() => setOpen(false)}
      onChange={(key) => {
        if (key !== null) onAdd(key);
        setText("");
      }}
    />
  );
}
