import { Textarea, TextInput } from "@mantine/core";
import { minSecretCharacters, type Secret, secretNameSchema, topics } from "@pave/contract";
import { useState } from "react";
import { api } from "../../lib/api.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { DialogForm } from "../../ui/dialog-form.tsx";
import { DocsLink } from "../../ui/docs-link.tsx";
import { useAction } from "../../ui/use-action.ts";
import { useLast } from "../../ui/use-last.ts";
import { EnvironmentSelect } from "./environment-select.tsx";

/** Takes a value and forgets it: neither the page nor the server shows it again. */
export function SecretForm({
  project,
  asked,
  onClose,
}: {
  project: string;
  /** Which one is set again, or a new one; undefined: closed. */
  asked: Named | "new" | undefined;
  onClose: () => void;
}) {
  const last = useLast(asked);
  const before = last === "new" ? undefined : last;
  return (
    <Dialog
      opened={asked !== undefined}
      onClose={onClose}
      title={
        before ? `Set ${before.name} again${before.environment ? ` for ${before.environment}` : ""}` : "Set a secret"
      }
    >
      <Fields project={project} before={before} onClose={onClose} />
    </Dialog>
  );
}

type Named = Pick<Secret, "name" | "environment">;

function Fields({ project, before, onClose }: { project: string; before: Named | undefined; onClose: () => void }) {
  const [name, setName] = useState(before?.name ?? "");
  const [environment, setEnvironment] = useState<string | null>(before?.environment ?? null);
  const [value, setValue] = useState("");
  const set = useAction({
    act: () =>
      api.setSecret({
        params: { project, secret: name },
        body: { value, ...(environment === null ? {} : { environment }) },
      }),
    topics: [topics.project(project)],
    done: "The secret is set",
  });
  const isNew = before === undefined;
  const isName = secretNameSchema.safeParse(name).success;
  return (
    <DialogForm
      submit="Set the secret"
      blocked={
        isName
          ? value.trim().length < minSecretCharacters
            ? `The value needs at least ${minSecretCharacters} characters.`
            : null
          : "Give it a name such as API_TOKEN."
      }
      aside={<DocsLink to="/docs/secrets#in-pave.yaml">How a step gets it</DocsLink>}
      onSubmit={() => set.mutateAsync(undefined)}
      onClose={onClose}
    >
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
    </DialogForm>
  );
}
