import { Link } from "@tanstack/react-router";
import classes from "./section-nav.module.css";

/** Parts of one page that have addresses of their own: beside it, or above it where the window is narrow. */
export function SectionNav({
  label,
  sections,
}: {
  label: string;
  sections: readonly { readonly to: string; readonly title: string }[];
}) {
  return (
    <nav className={classes.nav} aria-label={label}>
      {sections.map(({ to, title }) => (
        <Link
          key={to}
          to={to}
          className={classes.item}
          activeOptions={{ exact: true, includeSearch: false }}
          activeProps={{ "data-active": true }}
        >
          {title}
        </Link>
      ))}
    </nav>
  );
}
