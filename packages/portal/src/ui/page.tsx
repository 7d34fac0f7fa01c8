import { Group } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { Fragment, type ReactNode, useEffect } from "react";
import classes from "./page.module.css";

export interface Crumb {
  readonly label: string;
  readonly to?: string;
}

/** The frame of every page: where one is, its title with its state, what can be done, and the content. */
export function Page({
  title,
  heading,
  crumbs = [],
  state,
  actions,
  children,
  subtitle,
  tabs,
}: {
  title: string;
  /** Stands where the title would, as where that can be edited. */
  heading?: ReactNode;
  crumbs?: readonly Crumb[];
  state?: ReactNode;
  actions?: ReactNode;
  subtitle?: ReactNode;
  /** Pages that stand beside this one. */
  tabs?: ReactNode;
  children: ReactNode;
}) {
  const documentTitle = titleOf(title, crumbs);
  useEffect(() => {
    document.title = documentTitle;
  }, [documentTitle]);
  return (
    <div className={classes.page}>
      {crumbs.length > 0 ? (
        <nav aria-label="breadcrumb" className={classes.crumbs}>
          {crumbs.map((crumb, index) => (
            <Fragment key={crumb.label}>
              {index > 0 ? <span aria-hidden>/</span> : null}
              {crumb.to ? (
                <Link to={crumb.to} className="link">
                  {crumb.label}
                </Link>
              ) : (
                <span aria-current="page" className={classes.here} title={crumb.label}>
                  {crumb.label}
                </span>
              )}
            </Fragment>
          ))}
        </nav>
      ) : null}
      <header className={classes.header}>
        <Group gap="sm" align="center" wrap="wrap">
          {heading ?? <h1 className={classes.title}>{title}</h1>}
          {state}
        </Group>
        <Group gap="xs">{actions}</Group>
      </header>
      {subtitle ? <div className={classes.subtitle}>{subtitle}</div> : null}
      {tabs}
      <div className={classes.content}>{children}</div>
    </div>
  );
}

/** `Run 3 · flight-delays · Pave`: what tells tabs apart comes first; the list that all pages lie below says nothing. */
function titleOf(title: string, crumbs: readonly Crumb[]): string {
  const [, ...below] = crumbs.map(({ label }) => label);
  const isNew = (label: string) => !title.toLowerCase().endsWith(label.toLowerCase());
  return [title, ...below.reverse().filter(isNew), "Pave"].join(" · ");
}
