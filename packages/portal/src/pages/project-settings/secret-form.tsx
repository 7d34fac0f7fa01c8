import { Button, Group, Stack, Textarea, TextInput } from "@mantine/core";
import { minSecretCharacters, type Secret, secretNameSchema, topics } from "@pave/contract";
import { useEffect, useState } from "react";
import { api } from "../../lib/api.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { useAction } from "../../ui/use-action.ts";
import { EnvironmentSelect } from "./environment-select.tsx";

/** Takes a value and forgets it: neither the page nor the server shows it again. */
export function SecretForm({
  project,
  asked,
  onClose,
}: {
  project: string;
  /** Which one is set again, or a new one; undefined: closed. */
  asked: Pick<Secret, "name" | "environment"> | "new" | undefined;
  onClose: () => void;
}) {
  const [name, setName] = useState("");
  const [environment, setEnvironment] = useState<string | null>(null);
  const [value, setValue] = useState("");
  useEffect(() => {
    setValue("");
    setName(asked === "new" || asked === undefined ? "" : asked.name);
    setEnvironment(asked === "new" || asked === undefined ? null : asked.environment);
  }, [asked]);
  const set = useAction({
    act: () =>
      api.setSecret({
        params: { project, secret: name },
        body: { value, ...(environment === null ? {} : { environment }) },
      }),
    topics: [topics.project(project)],
    done: "The secret is set",
  });
  const isNew = asked === "new";
  const isName = secretNameSchema.safeParse(name).success;
  return (
    <Dialog
      opened={asked !== undefined}
      onClose={onClose}
      title={isNew ? "Set a secret" : `Set ${name} again`}
      centered
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          set.mutateAsync(undefined).then(onClose, () => undefined);
        }}
      >
        <Stack gap="sm">
          {isNew ? (
            <>
              <TextInput
                size="xs"
                label="Name"
                description="Written as an environment variable's: API_TOKEN"
                required
                maxLength={63}
                data-autofocus
                value={name}
                error={name !== "" && !isName ? "Upper-case letters, digits and _, a letter first" : undefined}
                onChange={(event) => setName(event.currentTarget.value)}
              />
              <EnvironmentSelect value={environment} onChange={setEnvironment} />
            </>
          ) : null}
          <Textarea
            size="xs"
            label="Value"
            description={`At least ${minSecretCharacters} characters; it is not shown again`}
            required
            autosize
            minRows={2}
            maxRows={8}
            autoComplete="off"
            spellCheck={false}
            styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)" } }}
            {...(isNew ? {} : { "data-autofocus": true })}
            value={value}
            onChange={(event) => setValue(event.currentTarget.value)}
          />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button
              type="submit"
              loading={set.isPending}
              disabled={!isName || value.trim().length < minSecretCharacters}
            >
              Set the secret
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
