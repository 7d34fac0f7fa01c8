import { Select } from "@mantine/core";
import { topics } from "@pave/contract";
import { useState } from "react";
import { useSession } from "../../app/use-session.ts";
import { api } from "../../lib/api.ts";
import { Card } from "../../ui/card.tsx";
import { ConfirmDialog } from "../../ui/confirm-dialog.tsx";
import { Pill } from "../../ui/pill.tsx";
import { useAction } from "../../ui/use-action.ts";

const tiers = ["experimental", "internal", "critical"] as const;

/** A lower tier may ask for less of a release: it is given by platform admins only. */
export function Tier({ project, tier }: { project: string; tier: (typeof tiers)[number] }) {
  const { data: session } = useSession();
  const [asked, setAsked] = useState<(typeof tiers)[number]>();
  const set = useAction({
    act: (value: (typeof tiers)[number]) => api.setProjectTier({ params: { project }, body: { tier: value } }),
    topics: [topics.project(project)],
    done: "The tier is set",
  });
  return (
    <Card title="Tier">
      {session?.platformAdmin ? (
        <Select
          size="xs"
          label="How much depends on it"
          data={[...tiers]}
          allowDeselect={false}
          value={tier}
          onChange={(value) => setAsked(tiers.find((one) => one === value && one !== tier))}
        />
      ) : (
        <Pill>{tier}</Pill>
      )}
      <p style={{ margin: "8px 0 0", fontSize: "0.8125rem", color: "var(--ink-soft)" }}>
        Gates may ask for it. A push only raises it; a platform admin may also lower it.
      </p>
      <ConfirmDialog
        opened={asked !== undefined}
        title={`Make ${project} ${asked ?? ""}?`}
        confirm={`Make it ${asked ?? ""}`}
        danger={asked !== undefined && tiers.indexOf(asked) < tiers.indexOf(tier)}
        onConfirm={async () => asked && set.mutateAsync(asked)}
        onClose={() => setAsked(undefined)}
      >
        Gates and approvals that ask for the tier judge the next plan by it.
      </ConfirmDialog>
    </Card>
  );
}
