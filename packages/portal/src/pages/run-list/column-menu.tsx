import { Button, Checkbox, Popover, ScrollArea, Stack, Text, TextInput } from "@mantine/core";
import { IconColumns3 } from "@tabler/icons-react";
import { useState } from "react";
import type { RunColumns } from "./choose-columns.ts";

/** Which metrics and params have a column; this browser remembers it. */
export function ColumnMenu(props: {
  readonly all: RunColumns;
  readonly shown: RunColumns;
  readonly onChange: (columns: RunColumns) => void;
}) {
  const { all, shown, onChange } = props;
  const [part, setPart] = useState("");
  const group = (kind: keyof RunColumns, title: string) => {
    const names = [...new Set([...all[kind], ...shown[kind]])].filter((name) => name.includes(part.trim()));
    if (names.length === 0) return null;
    return (
      <Stack gap={6}>
        <Text size="xs" c="dimmed">
          {title}
        </Text>
        {names.map((name) => (
          <Checkbox
            key={name}
            size="xs"
            label={name}
            checked={shown[kind].includes(name)}
            onChange={({ currentTarget: { checked } }) =>
              onChange({
                ...shown,
                [kind]: checked ? [...shown[kind], name] : shown[kind].filter((one) => one !== name),
              })
            }
          />
        ))}
      </Stack>
    );
  };
  return (
    <Popover position="bottom-end" width={300} trapFocus shadow="md">
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
          placeholder="Find a metric or param"
          value={part}
          onChange={(event) => setPart(event.currentTarget.value)}
        />
        <ScrollArea.Autosize mah={360} type="auto">
          <Stack gap={12}>
            {group("metrics", "Metrics")}
            {group("params", "Params")}
          </Stack>
        </ScrollArea.Autosize>
      </Popover.Dropdown>
    </Popover>
  );
}
