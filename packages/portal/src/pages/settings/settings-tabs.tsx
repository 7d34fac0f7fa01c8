import { Link } from "@tanstack/react-router";
import classes from "../project/project-tabs.module.css";

const tabs = [
  { path: "/settings", title: "You" },
  { path: "/settings/people", title: "People and teams" },
  { path: "/settings/notifications", title: "Notifications" },
  { path: "/settings/backups", title: "Backups" },
] as const;

/** The pages of the settings that stand beside each other. */
export function SettingsTabs() {
  return (
    <nav className={classes.tabs} aria-label="settings">
      {tabs.map(({ path, title }) => (
        <Link
          key={path}
          to={path}
          className={classes.tab}
          activeOptions={{ exact: path === "/settings", includeSearch: false }}
          activeProps={{ "data-active": true }}
        >
          {title}
        </Link>
      ))}
    </nav>
  );
}
