import type { MonitorDetail } from "@pave/contract";
import type { ReactNode } from "react";
import { DocsLink } from "../../ui/docs-link.tsx";
import { Explain } from "../../ui/explain.tsx";

/** The number by which drift and rollouts are judged, in words, where it stands; `children` say what follows from it here. */
function WhatIsPsi({ children }: { children: ReactNode }) {
  return (
    <Explain label="What is PSI?">
      <b>PSI</b>, the population stability index, adds up over all cells how far two distributions lie apart: 0 where
      they are alike, about 0.1 for a change that one would notice in a chart, 0.25 and more for another population.{" "}
      {children} <DocsLink to="/docs/monitoring#psi">More about PSI</DocsLink>
    </Explain>
  );
}

/** Beside the effects of a monitor, or of an alert where nobody asks for its thresholds. */
export function PsiOfDrift({ thresholds }: { thresholds?: MonitorDetail["thresholds"] }) {
  return (
    <WhatIsPsi>
      The effect is what is left of it once what chance alone gives for so few rows is taken off. It counts as drift
      above {thresholds ? thresholds.psi : "the project's threshold (0.1 where none is set)"}, if it is beyond chance
      too, and alerts when found in{" "}
      {thresholds ? `${thresholds.windows} of the last ${thresholds.of}` : "two of the last three"} windows.
    </WhatIsPsi>
  );
}

/** Beside the distance of the predictions of two releases; `checks` are conditions that ask for it. */
export function PsiOfRollout({ checks }: { checks: readonly string[] }) {
  return (
    <WhatIsPsi>
      Here it is what sets the candidate&rsquo;s predictions apart from stable&rsquo;s since the canary began, less what
      chance gives, and 0 until there is evidence of a difference.{" "}
      {checks.length === 0
        ? "No condition of this rollout asks for it: it is only shown."
        : `This rollout is aborted when ${checks.join(" or ")}.`}
    </WhatIsPsi>
  );
}
