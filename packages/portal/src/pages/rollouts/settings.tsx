import { counted, type RolloutSettings } from "@pave/contract";
import { Card } from "../../ui/card.tsx";
import { Facts } from "../../ui/facts.tsx";

/** As the plan said that was approved. */
export function Settings({ settings }: { settings: RolloutSettings }) {
  const { canary, every, minRequests, maxWait, onInconclusive } = settings;
  return (
    <Card title="As planned">
      <Facts
        facts={[
          { label: "Steps", value: canary.map((weight) => `${weight} %`).join(", ") },
          { label: "Each at least", value: `${every} and ${counted(minRequests, "request")}` },
          {
            label: "Without a verdict",
            value: onInconclusive === "abort" ? "aborts at once" : `pauses, and aborts after ${maxWait}`,
          },
          { label: "Without a worker", value: "traffic goes back after 15 s" },
        ]}
      />
    </Card>
  );
}
