import { Checkbox, PasswordInput, Select, Textarea, TextInput } from "@mantine/core";
import {
  type Connection,
  type ConnectionSettings,
  type ConnectionType,
  connectionFields,
  connectionTypes,
  nameSchema,
  topics,
} from "@pave/contract";
import { useState } from "react";
import { api } from "../../lib/api.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { DialogForm } from "../../ui/dialog-form.tsx";
import { DocsLink } from "../../ui/docs-link.tsx";
import { useAction } from "../../ui/use-action.ts";
import { useLast } from "../../ui/use-last.ts";
import { EnvironmentSelect } from "./environment-select.tsx";

type Field = Exclude<keyof ConnectionSettings, "tls">;
const labels: Readonly<Record<Field, string>> = {
  host: "Host",
  port: "Port",
  database: "Database",
  user: "User",
  url: "URL",
  region: "Region",
  bucket: "Bucket",
  ca: "Certificates to trust (PEM)",
};
const defaultPorts: Partial<Record<ConnectionType, string>> = { postgres: "5432", mysql: "3306" };
const passwordLabels: Readonly<Record<ConnectionType, string>> = {
  postgres: "Password",
  mysql: "Password",
  s3: "Secret access key",
  http: "Password, or a token where there is no user",
};

/** Adds a connection or sets one anew; the password is always asked for, since nobody can read the one that is there. */
export function ConnectionForm({
  project,
  asked,
  onClose,
}: {
  project: string;
  asked: Connection | "new" | undefined;
  onClose: () => void;
}) {
  const last = useLast(asked);
  const before = last === "new" ? undefined : last;
  return (
    <Dialog
      opened={asked !== undefined}
      onClose={onClose}
      title={
        before ? `Change ${before.name}${before.environment ? ` of ${before.environment}` : ""}` : "Add a connection"
      }
    >
      <Fields project={project} before={before} onClose={onClose} />
    </Dialog>
  );
}

interface FieldsProps {
  readonly project: string;
  readonly before: Connection | undefined;
  readonly onClose: () => void;
}

function Fields({ project, before, onClose }: FieldsProps) {
  const { tls: wasOn = true, ...settings } = before?.settings ?? {};
  const [name, setName] = useState(before?.name ?? "");
  const [environment, setEnvironment] = useState<string | null>(before?.environment ?? null);
  const [type, setType] = useState<ConnectionType>(before?.type ?? "postgres");
  const [fields, setFields] = useState<Partial<Record<Field, string>>>(
    Object.fromEntries(Object.entries(settings).map(([field, value]) => [field, String(value)])),
  );
  const [tls, setTls] = useState(wasOn);
  const [password, setPassword] = useState("");
  const { needs, takes } = connectionFields[type];
  const set = useAction({
    act: () =>
      api.setConnection({
        params: { project, connection: name },
        body: {
          ...{ type, password, settings: settingsOf([...needs, ...takes], fields, tls) },
          ...(environment === null ? {} : { environment }),
        },
      }),
    topics: [topics.project(project)],
    done: "The connection is set",
  });
  const isName = nameSchema.safeParse(name).success;
  const missing = [
    ...(isName ? [] : ["a name"]),
    ...needs.filter((field) => (fields[field] ?? "") === "").map((field) => labels[field]),
    ...(password !== "" || type === "http" ? [] : [passwordLabels[type]]),
  ];
  return (
    <DialogForm
      submit={before ? "Change the connection" : "Add the connection"}
      blocked={missing.length > 0 ? `Missing: ${missing.join(", ")}.` : null}
      aside={<DocsLink to="/docs/connections#reading">How a step reads</DocsLink>}
      onSubmit={() => set.mutateAsync(undefined)}
      onClose={onClose}
    >
      {before ? null : (
        <>
          <TextInput
            size="xs"
            label="Name"
            description="By which pave.yaml reads through it"
            required
            maxLength={63}
            data-autofocus
            value={name}
            error={name !== "" && !isName ? "Lower-case letters, digits, dashes" : null}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <EnvironmentSelect value={environment} onChange={setEnvironment} />
        </>
      )}
      <Select
        size="xs"
        label="Type"
        data={connectionTypes.map((one) => ({ value: one, label: one === "mysql" ? "mysql, MariaDB" : one }))}
        allowDeselect={false}
        value={type}
        onChange={(value) => setType(connectionTypes.find((one) => one === value) ?? type)}
      />
      {[...needs, ...takes].map((field) => {
        const shared = {
          size: "xs",
          label: labels[field],
          required: needs.includes(field),
          placeholder: field === "port" ? defaultPorts[type] : undefined,
          value: fields[field] ?? "",
        } as const;
        const change = (value: string) => setFields((all) => ({ ...all, [field]: value }));
        return field === "ca" ? (
          <Textarea
            key={field}
            {...shared}
            autosize
            minRows={1}
            maxRows={4}
            onChange={(event) => change(event.currentTarget.value)}
          />
        ) : (
          <TextInput key={field} {...shared} onChange={(event) => change(event.currentTarget.value)} />
        );
      })}
      <Checkbox
        size="xs"
        label="TLS with a certificate that is checked"
        checked={tls}
        onChange={(event) => setTls(event.currentTarget.checked)}
      />
      <PasswordInput
        size="xs"
        label={passwordLabels[type]}
        description="It is not shown again"
        required={type !== "http"}
        autoComplete="new-password"
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
      />
    </DialogForm>
  );
}

function settingsOf(known: readonly Field[], fields: Partial<Record<Field, string>>, tls: boolean): ConnectionSettings {
  const given = known.flatMap((field) => {
    const text = fields[field]?.trim() ?? "";
    return text === "" ? [] : [[field, field === "port" ? Number(text) : text] as const];
  });
  return { ...Object.fromEntries(given), tls };
}
