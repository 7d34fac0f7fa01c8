import { Link } from "@tanstack/react-router";

/** To what a run logged, also where it is an attempt's. */
export function TrackedLink({ project, id, name }: { project: string; id: string; name: string }) {
  return (
    <Link to="/projects/$project/runs/$run" params={{ project, run: id }} className="link" style={{ fontWeight: 550 }}>
      {name}
    </Link>
  );
}
