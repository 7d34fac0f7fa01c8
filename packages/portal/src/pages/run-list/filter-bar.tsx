import { Select } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import type { ErrorBody, ExperimentSummary, RunKeys } from "@pave/contract";
import { type ReactNode, useRef } from "react";
import { spaced } from "../../lib/format.ts";
import { useExperimentsQuery } from "../experiments/use-experiments-queries.ts";
import { FilterInput } from "./filter/filter-input.tsx";
import classes from "./run-list.module.css";
import { type RunSearch, type RunSearchChange, shows, stateChoices } from "./run-search.ts";

/** What is looked for: a name or conditions, a state, whose runs, and what they are grouped by. `/` goes to the text. */
export function FilterBar({
  project,
  search,
  metric,
  keys,
  refused,
  onChange,
  children,
}: {
  project: string;
  search: RunSearch;
  /** What groups are told apart by. */
  metric: string | undefined;
  keys: RunKeys | undefined;
  /** What the server finds wrong with the filter. */
  refused: Pick<ErrorBody, "message" | "docs"> | null;
  onChange: (change: RunSearchChange) => void;
  children: ReactNode;
}) {
  const input = useRef<HTMLInputElement>(null);
  useHotkeys([["/", () => input.current?.focus()]]);
  const experiments = experimentChoices(useExperimentsQuery(project).data?.items ?? [], search.experiment);
  return (
    <search className={classes.bar} aria-label="Filter runs">
      <FilterInput
        project={project}
        inputRef={input}
        applied={search.filter ?? ""}
        refused={refused}
        onApply={(filter) => {
          if (filter !== (search.filter ?? "")) onChange({ filter: filter || undefined });
        }}
      />
      <Select
        size="xs"
        w={118}
        aria-label="State"
        placeholder="any state"
        data={[...stateChoices]}
        clearable
        value={search.state ?? null}
        onChange={(state) => onChange({ state: state ?? undefined })}
      />
      <Select
        size="xs"
        w={138}
        aria-label="Whose runs"
        data={[...shows]}
        allowDeselect={false}
        value={shows.find(({ value }) => value === search.show)?.value ?? "top"}
        onChange={(show) => onChange({ show: show === "top" || show === null ? undefined : show })}
      />
      {experiments.length > 1 ? (
        <Select
          size="xs"
          w={170}
          aria-label="Experiment"
          placeholder="any experiment"
          clearable
          searchable
          nothingFoundMessage="No experiment has that in its name"
          data={experiments}
          value={search.experiment ?? null}
          onChange={(experiment) => onChange({ experiment: experiment ?? undefined })}
        />
      ) : null}
      <Select
        size="xs"
        w={150}
        aria-label="Grouped by"
        placeholder="not grouped"
        clearable
        searchable
        data={groupChoices(keys, search.by)}
        value={search.by ?? null}
        onChange={(by) => onChange({ by: by ?? undefined, metric: by === null ? undefined : search.metric })}
      />
      {search.by ? (
        <Select
          size="xs"
          w={150}
          aria-label="Metric of groups"
          placeholder="by no metric"
          clearable
          searchable
          data={metricChoices(keys, metric)}
          value={metric ?? null}
          onChange={(metric) => onChange({ metric: metric ?? undefined })}
        />
      ) : null}
      <div className={classes.actions}>{children}</div>
    </search>
  );
}

/** The one in the URL as well, though it may be gone. */
function experimentChoices(experiments: readonly ExperimentSummary[], chosen: string | undefined) {
  const known = experiments.map(({ id, name }) => ({ value: id, label: name }));
  const isKnown = chosen === undefined || known.some(({ value }) => value === chosen);
  return isKnown ? known : [...known, { value: chosen, label: `experiment ${chosen}` }];
}

const choices = (kind: "params" | "tags", keys: RunKeys | undefined, chosen: string | undefined) => {
  const names = (keys?.[kind] ?? []).map(({ name }) => `${kind}.${name}`);
  const all = chosen?.startsWith(`${kind}.`) && !names.includes(chosen) ? [...names, chosen] : names;
  return all.map((value) => ({ value, label: value.slice(kind.length + 1) }));
};

const groupChoices = (keys: RunKeys | undefined, chosen: string | undefined) => [
  { value: "parent", label: "parent run" },
  { group: "Params", items: choices("params", keys, chosen) },
  { group: "Tags", items: choices("tags", keys, chosen) },
];

const metricChoices = (keys: RunKeys | undefined, chosen: string | undefined) =>
  [...new Set([...(keys?.metrics ?? []).map(({ name }) => name), ...(chosen ? [chosen] : [])])].map((value) => ({
    value,
    label: spaced(value),
  }));
