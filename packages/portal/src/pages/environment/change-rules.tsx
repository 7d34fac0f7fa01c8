import { Button, Group, Textarea, TextInput } from "@mantine/core";
import { counted, type Environment, type Plan } from "@pave/contract";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { api } from "../../lib/api.ts";
import { planHref } from "../../lib/plan-href.ts";
import { Callout } from "../../ui/callout.tsx";
import { Card } from "../../ui/card.tsx";
import { Problem } from "../../ui/problem.tsx";
import { Differences } from "../plans/differences.tsx";

/** A change of rules is a plan: seen before it is made, judged by the rules in force. */
export function ChangeRules({ environment, onClose }: { environment: Environment; onClose: () => void }) {
  const [yaml, setYaml] = useState(environment.source);
  const [message, setMessage] = useState("");
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const plan = useMutation({
    mutationFn: (dryRun: boolean) =>
      api.createEnvironmentPlan({
        params: { environment: environment.name },
        body: { yaml, dryRun, ...(message.trim() ? { message: message.trim() } : {}) },
      }),
  });
  const seen = plan.data;
  const create = async () => {
    const made = await plan.mutateAsync(false).catch(() => undefined);
    if (!made) return;
    await queryClient.invalidateQueries({ queryKey: ["plan"] });
    await navigate({ to: planHref(made) });
  };
  return (
    <Card title="Change its rules" aside="a plan of the platform">
      <Textarea
        label="The whole environment as it shall be"
        value={yaml}
        autosize
        minRows={8}
        maxRows={24}
        spellCheck={false}
        styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)", fontSize: "0.75rem" } }}
        onChange={(event) => {
          setYaml(event.currentTarget.value);
          plan.reset();
        }}
      />
      <TextInput
        mt={8}
        size="xs"
        label="Why"
        value={message}
        maxLength={2000}
        onChange={(event) => setMessage(event.currentTarget.value)}
      />
      <div style={{ margin: "12px 0", display: "grid", gap: 10 }}>
        {plan.error ? <Problem error={plan.error} /> : null}
        {seen ? <Seen plan={seen} /> : null}
      </div>
      <Group gap="xs" justify="flex-end">
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        {seen ? (
          <Button loading={plan.isPending} onClick={() => void create()}>
            Open the plan
          </Button>
        ) : (
          <Button loading={plan.isPending} onClick={() => plan.mutate(true)}>
            See what changes
          </Button>
        )}
      </Group>
    </Card>
  );
}

function Seen({ plan }: { plan: Plan }) {
  const { quorum } = plan.approvalRule;
  return (
    <Callout tone="busy" title={plan.title}>
      {plan.actions.map((action) => (
        <div key={action.id}>
          {action.reason}
          <Differences action={action} />
        </div>
      ))}
      <div>
        {quorum === 0
          ? "It is applied at once."
          : `It waits for ${counted(quorum, "approval")} from a platform admin, by the rules in force.`}
      </div>
    </Callout>
  );
}
