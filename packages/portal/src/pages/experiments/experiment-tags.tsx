import { Group } from "@mantine/core";
import { brief } from "../../lib/format.ts";
import layout from "../../ui/layout.module.css";
import { Pill } from "../../ui/pill.tsx";

/** Tags that people set; MLflow's own are told otherwise or tell nobody anything. */
export function ExperimentTags({ tags }: { tags: Readonly<Record<string, string>> }) {
  const shown = Object.entries(tags).filter(([key]) => !key.startsWith("mlflow."));
  if (shown.length === 0) return <span className={layout.soft}>–</span>;
  return (
    <Group gap={4}>
      {shown.slice(0, 6).map(([key, value]) => (
        <Pill key={key}>{brief(`${key}: ${value}`, 40)}</Pill>
      ))}
    </Group>
  );
}
