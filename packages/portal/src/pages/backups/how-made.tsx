import type { BackupSettings } from "@pave/contract";
import { Card } from "../../ui/card.tsx";
import { Facts } from "../../ui/facts.tsx";

const encryption: Record<BackupSettings["encryption"], string> = {
  no: "none: who can read the folder has the platform",
  recipient: "for a public key; the server cannot read them",
  passphrase: "with a passphrase",
};

/** The server's settings; they are changed where it runs. */
export function HowBackupsAreMade({ settings }: { settings: BackupSettings }) {
  return (
    <Card title="How they are made">
      <Facts
        facts={[
          { label: "Folder", value: <code>{settings.folder}</code> },
          {
            label: "Schedule",
            value:
              settings.schedule === "off"
                ? "off"
                : `${settings.schedule}${settings.schedule.includes(":") ? " UTC" : ""}`,
          },
          {
            label: "Kept",
            value: `the last of ${settings.keepDaily} days and ${settings.keepWeekly} weeks; those made by hand until they are removed`,
          },
          { label: "Encryption", value: encryption[settings.encryption] },
          {
            label: "Drill",
            value: drillText(settings),
          },
        ]}
      />
    </Card>
  );
}

function drillText({ drillEvery, nextDrillAt, encryption, schedule }: BackupSettings): string {
  if (drillEvery === "off") return "by hand";
  if (nextDrillAt || (schedule !== "off" && encryption !== "recipient")) return `every ${drillEvery}`;
  return schedule === "off" ? "by hand, as there is no schedule" : "by hand, where the private key is";
}
