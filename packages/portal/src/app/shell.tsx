import { ActionIcon, Kbd, Menu, Tooltip, useMantineColorScheme } from "@mantine/core";
import {
  IconActivity,
  IconBell,
  IconBook,
  IconHome,
  IconLogout,
  IconMoon,
  IconSearch,
  IconServer2,
  IconSettings,
  IconStack2,
  IconSun,
} from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { Link, Outlet, useParams } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useState } from "react";
import { api } from "../lib/api.ts";
import { startLive } from "../lib/live.ts";
import { SignedOut } from "../pages/sign-in/signed-out.tsx";
import { ErrorState } from "../ui/query-view.tsx";
import { InboxBell } from "./inbox-bell.tsx";
import classes from "./shell.module.css";
import { isSignedOut, useSession } from "./use-session.ts";
import { useShortcuts } from "./use-shortcuts.ts";

const Palette = lazy(() => import("./palette/palette.tsx").then(({ Palette }) => ({ default: Palette })));
const ShortcutsHelp = lazy(() =>
  import("./palette/shortcuts-help.tsx").then(({ ShortcutsHelp }) => ({ default: ShortcutsHelp })),
);

/** Places that every project lies beside. */
const places = [
  { to: "/projects", title: "Projects", icon: IconStack2 },
  { to: "/environments", title: "Environments", icon: IconServer2 },
  { to: "/activity", title: "Activity", icon: IconActivity },
] as const;

/** What stands around every page: where to go, who one is, light or dark. */
export function Shell() {
  const session = useSession();
  const queryClient = useQueryClient();
  const signedIn = session.data !== undefined;
  const [opened, setOpened] = useState<"palette" | "help">();
  const { project } = useParams({ strict: false });
  useShortcuts(setOpened);
  useEffect(() => (signedIn ? startLive(queryClient) : undefined), [signedIn, queryClient]);
  if (isSignedOut(session.error)) return <SignedOut />;
  return (
    <div className={classes.shell}>
      <a href="#main" className={classes.skip}>
        Skip to content
      </a>
      <nav className={classes.nav} aria-label="main">
        <Link to="/" className={classes.brand}>
          <img src="/favicon.svg" width={20} height={20} alt="" /> Pave
        </Link>
        <Link to="/" className={classes.item} activeOptions={{ exact: true }} activeProps={{ "data-active": true }}>
          <IconHome size={16} stroke={1.7} aria-hidden /> Home
        </Link>
        {places.map(({ to, title, icon: Icon }) => (
          <Link
            key={to}
            to={to}
            className={classes.item}
            activeOptions={{ includeSearch: false }}
            activeProps={{ "data-active": true }}
          >
            <Icon size={16} stroke={1.7} aria-hidden /> {title}
          </Link>
        ))}
        <span className={classes.grow} />
        <button type="button" className={classes.search} aria-label="Go to…" onClick={() => setOpened("palette")}>
          <IconSearch size={14} aria-hidden /> <span>Go to…</span> <Kbd size="xs">Ctrl K</Kbd>
        </button>
        <Tooltip label="Documentation">
          <ActionIcon
            component="a"
            href="/docs"
            target="_blank"
            variant="subtle"
            color="gray"
            aria-label="Documentation"
          >
            <IconBook size={16} />
          </ActionIcon>
        </Tooltip>
        {signedIn ? <InboxBell /> : null}
        <ThemeToggle />
        <Account name={session.data?.principal.name ?? ""} />
      </nav>
      <main id="main" className={classes.main} tabIndex={-1}>
        {session.error && !session.data ? (
          <ErrorState error={session.error} onRetry={() => void session.refetch()} />
        ) : (
          <Outlet />
        )}
      </main>
      <Suspense fallback={null}>
        {opened === "palette" ? <Palette project={project} onClose={() => setOpened(undefined)} /> : null}
        {opened === "help" ? <ShortcutsHelp onClose={() => setOpened(undefined)} /> : null}
      </Suspense>
    </div>
  );
}

function ThemeToggle() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const dark =
    colorScheme === "dark" || (colorScheme === "auto" && window.matchMedia("(prefers-color-scheme: dark)").matches);
  return (
    <Tooltip label={dark ? "Light" : "Dark"}>
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={dark ? "Use light colours" : "Use dark colours"}
        onClick={() => setColorScheme(dark ? "light" : "dark")}
      >
        {dark ? <IconSun size={16} /> : <IconMoon size={16} />}
      </ActionIcon>
    </Tooltip>
  );
}

function Account({ name }: { name: string }) {
  const signOut = async () => {
    const { continueAt } = await api.signOut({});
    window.location.assign(continueAt ?? "/");
  };
  return (
    <Menu position="bottom-end" width={180}>
      <Menu.Target>
        <button type="button" className={classes.account} aria-label={`Account of ${name}`}>
          {name.slice(0, 2).toUpperCase()}
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Signed in as {name}</Menu.Label>
        <Menu.Item leftSection={<IconSettings size={14} />} renderRoot={(props) => <Link to="/settings" {...props} />}>
          Settings
        </Menu.Item>
        <Menu.Item
          leftSection={<IconBell size={14} />}
          renderRoot={(props) => <Link to="/settings/notifications" {...props} />}
        >
          Notifications
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout size={14} />} onClick={() => void signOut()}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
