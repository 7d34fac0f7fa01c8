import { JsonInput, SegmentedControl } from "@mantine/core";
import type { DeploymentDetail } from "@pave/contract";
import { IconSend } from "@tabler/icons-react";
import { type FormEvent, useState } from "react";
import { useDenied } from "../../app/use-may.ts";
import { Card } from "../../ui/card.tsx";
import { GuardedButton } from "../../ui/guarded-button.tsx";
import { EmptyState } from "../../ui/query-view.tsx";
import { Answer } from "./answer.tsx";
import { FeatureFields } from "./feature-fields.tsx";
import { exampleRow, featuresOf, fieldsOf, rowOf } from "./input-form.ts";
import classes from "./try-it.module.css";
import { useTry } from "./use-try.ts";

/** One request to the real endpoint, prefilled with the model's own example. */
export function TryIt({ deployment }: { deployment: DeploymentDetail }) {
  if (!deployment.active)
    return (
      <Card title="Try it">
        <EmptyState title="Nothing to try yet" detail="The form appears when a release is live." />
      </Card>
    );
  return <TryForm key={deployment.active.id} deployment={deployment} />;
}

function TryForm({ deployment }: { deployment: DeploymentDetail }) {
  const features = featuresOf(deployment);
  const example = exampleRow(deployment.inputExample);
  const [mode, setMode] = useState<"form" | "json">("form");
  const [fields, setFields] = useState(() => fieldsOf(example, features));
  const [json, setJson] = useState(() => JSON.stringify(example, null, 2));
  const denied = useDenied(deployment.project, "deployment.predict");
  const request = useTry(deployment);
  const parsed = mode === "json" ? parse(json) : { value: rowOf(fields, features) };
  const send = () => {
    if ("value" in parsed) request.mutate(parsed.value);
  };
  const changeMode = (next: string) => {
    if (next === "json") setJson(JSON.stringify(rowOf(fields, features), null, 2));
    else if ("value" in parsed) setFields(fieldsOf(exampleRow(parsed.value), features));
    setMode(next === "json" ? "json" : "form");
  };
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (!denied) send();
  };
  return (
    <Card
      title="Try it"
      aside={
        <SegmentedControl
          size="xs"
          aria-label="How to write the input"
          value={mode}
          data={[
            { value: "form", label: "Form" },
            { value: "json", label: "JSON" },
          ]}
          onChange={changeMode}
        />
      }
    >
      <form onSubmit={onSubmit} className={classes.form} aria-label="Try the endpoint">
        {mode === "form" ? (
          <FeatureFields
            features={features}
            fields={fields}
            onChange={(name, value) => setFields((before) => ({ ...before, [name]: value }))}
          />
        ) : (
          <JsonInput
            aria-label="Input as JSON"
            autosize
            minRows={8}
            maxRows={20}
            value={json}
            onChange={setJson}
            error={"error" in parsed ? parsed.error : null}
            classNames={{ input: classes.json ?? "" }}
          />
        )}
        <GuardedButton
          size="sm"
          leftSection={<IconSend size={14} />}
          loading={request.isPending}
          blocked={denied ?? ("error" in parsed ? parsed.error : null)}
          onClick={send}
        >
          Send request
        </GuardedButton>
      </form>
      <Answer request={request} />
    </Card>
  );
}

function parse(text: string): { value: unknown } | { error: string } {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch (error) {
    return { error: `This is not JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
}
