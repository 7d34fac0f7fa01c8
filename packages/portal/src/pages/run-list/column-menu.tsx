import { ActionIcon, Button, Checkbox, Group, Popover, ScrollArea, Stack, Text, TextInput } from "@mantine/core";
import type { RunKeys } from "@pave/contract";
import { IconArrowDown, IconArrowUp, IconColumns3 } from "@tabler/icons-react";
import { useState } from "react";
import {
  type ColumnId,
  choosableColumns,
  fixedColumns,
  isFixedColumn,
  keyedColumn,
  movedColumn,
} from "./choose-columns.ts";

const titles = { fixed: "Of every run", metrics: "Metrics", params: "Params", tags: "Tags" } as const;
const mostShown = 60;

/** Which columns there are and in which order; this browser remembers it, and the URL has it. */
export function ColumnMenu(props: {
  readonly keys: RunKeys | undefined;
  readonly shown: readonly ColumnId[];
  readonly onChange: (columns: readonly ColumnId[] | undefined) => void;
}) {
  const { keys, shown, onChange } = props;
  const [part, setPart] = useState("");
  const all = choosableColumns(keys, shown);
  const fits = (id: ColumnId) => nameOf(id).toLowerCase().includes(part.trim().toLowerCase());
  const group = (kind: keyof typeof titles) => {
    const ids = all[kind].filter((id) => fits(id) && !shown.includes(id));
    if (ids.length === 0) return null;
    return (
      <Stack gap={6} key={kind}>
        <Text size="xs" c="dimmed">
          {titles[kind]}
        </Text>
        {ids.slice(0, mostShown).map((id) => (
          <Checkbox key={id} size="xs" label={nameOf(id)} checked={false} onChange={() => onChange([...shown, id])} />
        ))}
        {ids.length > mostShown ? (
          <Text size="xs" c="dimmed">
            and {ids.length - mostShown} more: write a part of the name
          </Text>
        ) : null}
      </Stack>
    );
  };
  return (
    <Popover position="bottom-end" width={320} trapFocus shadow="md">
      <Popover.Target>
        <Button variant="default" leftSection={<IconColumns3 size={14} />}>
          Columns
        </Button>
      </Popover.Target>
      <Popover.Dropdown p="xs">
        <TextInput
          size="xs"
          mb={8}
          aria-label="Find a column"
          placeholder="Find a metric, param or tag"
          value={part}
          onChange={(event) => setPart(event.currentTarget.value)}
        />
        <ScrollArea.Autosize mah={400} type="auto">
          <Stack gap={12}>
            <Stack gap={2}>
              <Group justify="space-between">
                <Text size="xs" c="dimmed">
                  Shown, in this order
                </Text>
                <Button variant="subtle" size="compact-xs" onClick={() => onChange(undefined)}>
                  As at first
                </Button>
              </Group>
              {shown.filter(fits).map((id) => (
                <Group key={id} gap={2} wrap="nowrap" justify="space-between">
                  <Checkbox
                    size="xs"
                    label={nameOf(id)}
                    checked
                    onChange={() => onChange(shown.filter((one) => one !== id))}
                  />
                  <Group gap={0} wrap="nowrap">
                    <Move id={id} by={-1} shown={shown} onChange={onChange} />
                    <Move id={id} by={1} shown={shown} onChange={onChange} />
                  </Group>
                </Group>
              ))}
            </Stack>
            {(["fixed", "metrics", "params", "tags"] as const).map(group)}
          </Stack>
        </ScrollArea.Autosize>
      </Popover.Dropdown>
    </Popover>
  );
}

function Move(props: {
  readonly id: ColumnId;
  readonly by: -1 | 1;
  readonly shown: readonly ColumnId[];
  readonly onChange: (columns: readonly ColumnId[]) => void;
}) {
  const { id, by, shown, onChange } = props;
  const Arrow = by === -1 ? IconArrowUp : IconArrowDown;
  const next = movedColumn(shown, id, by);
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size="xs"
      aria-label={`${nameOf(id)} ${by === -1 ? "earlier" : "later"}`}
      disabled={next === shown}
      onClick={() => onChange(next)}
    >
      <Arrow size={12} />
    </ActionIcon>
  );
}

const nameOf = (id: ColumnId): string => (isFixedColumn(id) ? fixedColumns[id] : (keyedColumn(id)?.name ?? id));
