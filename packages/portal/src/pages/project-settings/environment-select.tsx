import { Select } from "@mantine/core";
import { useEnvironmentsQuery } from "../environments/use-environments-query.ts";

/** For runs of which environment: null is for all that have nothing of their own. */
export function EnvironmentSelect({
  value,
  onChange,
}: {
  value: string | null;
  onChange: (value: string | null) => void;
}) {
  const environments = useEnvironmentsQuery();
  return (
    <Select
      size="xs"
      label="Environment"
      description="Runs of this environment alone, or all that have none of their own"
      placeholder="any"
      clearable
      data={(environments.data?.items ?? []).map(({ name }) => name)}
      value={value}
      onChange={onChange}
    />
  );
}
