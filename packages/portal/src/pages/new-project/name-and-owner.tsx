import { Select, TextInput } from "@mantine/core";
import { nameSchema } from "@pave/contract";
import { useQuery } from "@tanstack/react-query";
import { useSession } from "../../app/use-session.ts";
import { api } from "../../lib/api.ts";

interface Input<T> {
  readonly value: T;
  /** Why it is as it is; null where it can be set. */
  readonly fixed?: string | null;
  readonly onChange: (value: T) => void;
}

export function NameInput({ value, fixed = null, onChange }: Input<string>) {
  return (
    <TextInput
      size="xs"
      label="Name of the project"
      required
      value={value}
      readOnly={fixed !== null}
      description={fixed}
      inputWrapperOrder={["label", "input", "description", "error"]}
      error={
        value === "" || nameSchema.safeParse(value).success
          ? null
          : "Lower-case letters, digits and dashes, starting with a letter"
      }
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

/** Null: whom the platform makes the owner when none is named. */
export function OwnerSelect({ value, fixed = null, onChange }: Input<string | null>) {
  const session = useSession();
  const teams = useQuery({ queryKey: ["teams"], queryFn: () => api.listTeams({}) });
  const mine = session.data?.teams ?? [];
  const owners = session.data?.platformAdmin ? (teams.data?.items ?? []).map(({ name }) => name) : mine;
  const named = fixed === null || value === null ? [] : [value];
  return (
    <Select
      size="xs"
      label="Owned by"
      placeholder={mine[0] ?? "platform"}
      data={[...new Set([...owners, ...named, "platform"])]}
      clearable={fixed === null}
      readOnly={fixed !== null}
      description={fixed}
      inputWrapperOrder={["label", "input", "description", "error"]}
      value={value}
      onChange={onChange}
    />
  );
}
