import { Link } from "@tanstack/react-router";
import { useDenied } from "../../app/use-may.ts";
import classes from "../project/project-tabs.module.css";

const tabs = [
  { path: "/settings", title: "You" },
  { path: "/settings/people", title: "People and teams" },
  { path: "/settings/notifications", title: "Notifications" },
  { path: "/settings/backups", title: "Backups" },
] as const;

/** The pages of the settings that stand beside each other; that of backups only for who may see them. */
export function SettingsTabs() {
  const denied = useDenied(null, "backup.manage");
  return (
    <nav className={classes.tabs} aria-label="settings">
      {tabs
        .filter(({ path }) => path !== "/settings/backups" || denied === null)
        .map(({ path, title }) => (
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
