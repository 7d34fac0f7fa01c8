import { describeError } from "../lib/describe-error.ts";
import { Callout } from "./callout.tsx";
import { DocsLink } from "./docs-link.tsx";
import { WithCode } from "./with-code.tsx";

/** What went wrong, said where it was done: each finding with its place, what to do, and where that is explained. */
export function Problem({ error }: { error: Error }) {
  const { title, problems } = describeError(error);
  return (
    <Callout tone="bad" title={<WithCode text={title} />}>
      {problems.map(({ line, message, fix }) => (
        <div key={`${line} ${message}`}>
          <WithCode text={`${line === undefined ? "" : `line ${line}: `}${message}${fix ? `; ${fix}` : ""}`} />
        </div>
      ))}
      <ErrorHelp error={error} />
    </Callout>
  );
}

/** What to do about an error, and the docs' page that explains it. */
export function ErrorHelp({ error }: { error: Error }) {
  const { fix, docs } = describeError(error);
  return (
    <>
      <WithCode text={fix} /> {docs ? <DocsLink to={docs}>What this means</DocsLink> : null}
    </>
  );
}
