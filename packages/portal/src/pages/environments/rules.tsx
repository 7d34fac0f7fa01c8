import { counted, type Environment } from "@pave/contract";
import {
  IconArrowBackUp,
  IconArrowRight,
  IconChartLine,
  IconGauge,
  IconGitCommit,
  type IconLock,
  IconShieldCheck,
  IconSnowflake,
  IconUserCheck,
} from "@tabler/icons-react";
import type { ReactNode } from "react";
import classes from "./environments.module.css";

type Summary = Pick<Environment, "after" | "approvals" | "gates" | "frozen">;

/** What a release has to meet to come here, in sentences. */
export function Rules({ environment, spec }: { environment: Summary; spec?: Environment["spec"] }) {
  const { after, gates, frozen } = environment;
  return (
    <ul className={classes.rules}>
      {frozen === null ? null : (
        <Rule icon={IconSnowflake} isBad>
          Frozen: {frozen}
        </Rule>
      )}
      <Rule icon={IconArrowRight}>{after ? `Takes only what runs in ${after}` : "Takes any release"}</Rule>
      <Rule icon={IconUserCheck}>{approvalText(environment)}</Rule>
      {gates.map((gate) => (
        <Rule key={gate.check} icon={IconShieldCheck}>
          <span className={classes.code}>{gate.check}</span>
          {gate.when ? (
            <>
              {" "}
              when <span className={classes.code}>{gate.when}</span>
            </>
          ) : null}
          {gate.mode === "warn" ? ", only warns" : ""}
          {gate.message ? ` (${gate.message})` : ""}
        </Rule>
      ))}
      {gates.length === 0 ? <Rule icon={IconShieldCheck}>No gates beyond the project's own</Rule> : null}
      {spec ? (
        <>
          {spec.source ? <Rule icon={IconGitCommit}>{sourceText(spec.source)}</Rule> : null}
          <Rule icon={IconChartLine}>{rolloutText(spec)}</Rule>
          {(spec.rollout?.abortWhen ?? []).map((check) => (
            <Rule key={check} icon={IconArrowBackUp}>
              Goes back by itself when <span className={classes.code}>{check}</span>
            </Rule>
          ))}
          <Rule icon={IconGauge}>{quotaText(spec)}</Rule>
        </>
      ) : null}
    </ul>
  );
}

function Rule({
  icon: Icon,
  isBad = false,
  children,
}: {
  icon: typeof IconLock;
  isBad?: boolean;
  children: ReactNode;
}) {
  return (
    <li className={isBad ? classes.frozen : undefined}>
      <Icon size={15} stroke={1.8} className={isBad ? undefined : classes.icon} aria-hidden />
      <span>{children}</span>
    </li>
  );
}

function approvalText({ approvals: { quorum, roles, selfApproval } }: Summary): string {
  if (quorum === 0) return "Applies without an approval";
  const many = quorum === 1 ? "1 approval" : `${quorum} approvals`;
  return `${many} from the role ${roles.join(" or ")}${selfApproval ? "; the author may give one" : "; never the author's own"}`;
}

function sourceText({ commit, branches }: NonNullable<Environment["spec"]["source"]>): string {
  const which =
    commit === "pushed" ? "Only from a commit that is pushed and unchanged" : "Only from an unchanged commit";
  return branches ? `${which}, on ${branches.join(" or ")}` : which;
}

/** What an environment leaves out is its projects' to choose. */
function rolloutText({ rollout = {} }: Environment["spec"]): string {
  const { canary, every, minRequests } = rollout;
  if (canary === undefined) return "How traffic moves to a new version is left to projects";
  if (canary.length === 1) return "Traffic moves at once, when the new version is ready everywhere";
  const least = [every, minRequests === undefined ? undefined : counted(minRequests, "request")].filter(Boolean);
  const each = least.length === 0 ? "" : `, each step at least ${least.join(" and ")}`;
  return `Traffic moves ${canary.map((share) => `${share} %`).join(" → ")} or in smaller steps${each}`;
}

function quotaText({ quotas }: Environment["spec"]): string {
  const most = quotas?.deployments;
  return most === undefined ? "No quota of deployments" : `At most ${most} deployments of a project`;
}
