import { estimateText, type Plan } from "@pave/contract";
import { Card } from "../../ui/card.tsx";
import { DocsLink } from "../../ui/docs-link.tsx";
import { Facts } from "../../ui/facts.tsx";
import classes from "./decision.module.css";

/** What the deployments will take a month, beside what they take now. As it was when the plan was computed. */
export function Estimate({ plan: { estimate } }: { plan: Plan }) {
  if (!estimate) return null;
  const { cost, carbon, once } = estimateText(estimate);
  const howItIsMade = <DocsLink to="/docs/estimates">how it is made</DocsLink>;
  return (
    <Card title="Estimate" aside={howItIsMade}>
      <Facts
        facts={[
          { label: "Cost", value: cost },
          { label: "Carbon", value: carbon },
          ...(once ? [{ label: "Once", value: once }] : []),
        ]}
      />
      <p className={classes.soft} style={{ margin: "10px 0 0" }}>
        {estimate.method}
      </p>
    </Card>
  );
}
