import type { PlanAction } from "@pave/contract";
import { IconEqual, IconMinus, IconPencil, IconPlus } from "@tabler/icons-react";
import { Card } from "../../ui/card.tsx";
import { StateBadge } from "../../ui/state-badge.tsx";
import classes from "./actions.module.css";
import { Differences } from "./differences.tsx";

const changes = {
  create: { icon: IconPlus, word: "create" },
  update: { icon: IconPencil, word: "change" },
  delete: { icon: IconMinus, word: "remove" },
  none: { icon: IconEqual, word: "no change" },
} as const;

/** What will be done, in order: each with its reason, what differs, and how it is undone. */
export function Actions({ actions }: { actions: readonly PlanAction[] }) {
  const counts = (["create", "update", "delete"] as const)
    .map((change) => ({ change, number: actions.filter((action) => action.change === change).length }))
    .filter(({ number }) => number > 0)
    .map(({ change, number }) => `${number} to ${changes[change].word}`);
  return (
    <Card title="What changes" aside={counts.join(", ")} flush>
      {actions.length === 0 ? <p className={classes.nothing}>Nothing: what runs is what this plan asks for.</p> : null}
      <ol className={classes.list}>
        {actions.map((action) => (
          <ActionItem key={action.id} action={action} />
        ))}
      </ol>
    </Card>
  );
}

function ActionItem({ action }: { action: PlanAction }) {
  const { icon: Icon, word } = changes[action.change];
  return (
    <li className={classes.action}>
      <span className={classes.change} data-change={action.change} title={word}>
        <Icon size={14} stroke={2.4} role="img" aria-label={word} />
      </span>
      <div className={classes.body}>
        <div className={classes.head}>
          <span className={classes.title}>{action.title}</span>
          {action.state === "planned" ? null : <StateBadge state={action.state} />}
        </div>
        <div className={classes.soft}>
          {action.reason} <code className={classes.subject}>{action.subject}</code>
        </div>
        <Differences action={action} />
        <div className={classes.undo}>
          <b>Undo:</b> {action.undo}
        </div>
        {action.error ? <div className={classes.error}>{action.error}</div> : null}
      </div>
    </li>
  );
}
