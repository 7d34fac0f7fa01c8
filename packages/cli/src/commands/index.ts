import type { Command } from "../command.ts";
import { accessExplain } from "./access-explain.ts";
import { accessList } from "./access-list.ts";
import { alertsAcknowledge } from "./alerts-acknowledge.ts";
import { alertsList } from "./alerts-list.ts";
import { alertsShow } from "./alerts-show.ts";
import { backup } from "./backup.ts";
import { backupsDownload } from "./backups-download.ts";
import { backupsDrill } from "./backups-drill.ts";
import { backupsList } from "./backups-list.ts";
import { backupsRemove } from "./backups-remove.ts";
import { backupsShow } from "./backups-show.ts";
import { backupsVerify } from "./backups-verify.ts";
import { commentsAdd } from "./comments-add.ts";
import { commentsList } from "./comments-list.ts";
import { config } from "./config.ts";
import { connectionsAdd } from "./connections-add.ts";
import { connectionsCheck } from "./connections-check.ts";
import { connectionsList } from "./connections-list.ts";
import { connectionsRemove } from "./connections-remove.ts";
import { connectionsShow } from "./connections-show.ts";
import { contextsList } from "./contexts-list.ts";
import { contextsRemove } from "./contexts-remove.ts";
import { contextsUse } from "./contexts-use.ts";
import { deploy } from "./deploy.ts";
import { deploymentsAbort } from "./deployments-abort.ts";
import { deploymentsList } from "./deployments-list.ts";
import { deploymentsLog } from "./deployments-log.ts";
import { deploymentsPause } from "./deployments-pause.ts";
import { deploymentsPromote } from "./deployments-promote.ts";
import { deploymentsResume } from "./deployments-resume.ts";
import { deploymentsShow } from "./deployments-show.ts";
import { deploymentsTruth } from "./deployments-truth.ts";
import { doctor } from "./doctor.ts";
import { down } from "./down.ts";
import { environmentsApply } from "./environments-apply.ts";
import { environmentsList } from "./environments-list.ts";
import { environmentsShow } from "./environments-show.ts";
import { gc } from "./gc.ts";
import { groundTruthSend } from "./ground-truth-send.ts";
import { importList } from "./import-list.ts";
import { importMlflow } from "./import-mlflow.ts";
import { importShow } from "./import-show.ts";
import { inbox } from "./inbox.ts";
import { init } from "./init.ts";
import { ledgerExport } from "./ledger-export.ts";
import { ledgerStatus } from "./ledger-status.ts";
import { ledgerVerify } from "./ledger-verify.ts";
import { lock } from "./lock.ts";
import { login } from "./login.ts";
import { logout } from "./logout.ts";
import { membersList } from "./members-list.ts";
import { membersRemove } from "./members-remove.ts";
import { membersSet } from "./members-set.ts";
import { modelsCompare } from "./models-compare.ts";
import { modelsList } from "./models-list.ts";
import { modelsRename } from "./models-rename.ts";
import { modelsShow } from "./models-show.ts";
import { monitorsList } from "./monitors-list.ts";
import { monitorsShow } from "./monitors-show.ts";
import { newProject } from "./new.ts";
import { notebook } from "./notebook.ts";
import { notificationsLog } from "./notifications-log.ts";
import { notificationsPreferences } from "./notifications-preferences.ts";
import { notificationsRoutesAdd } from "./notifications-routes-add.ts";
import { notificationsRoutesList } from "./notifications-routes-list.ts";
import { notificationsRoutesRemove } from "./notifications-routes-remove.ts";
import { notificationsSendAgain } from "./notifications-send-again.ts";
import { notificationsTargetsAdd } from "./notifications-targets-add.ts";
import { notificationsTargetsList } from "./notifications-targets-list.ts";
import { notificationsTargetsRemove } from "./notifications-targets-remove.ts";
import { notificationsTargetsTest } from "./notifications-targets-test.ts";
import { open } from "./open.ts";
import { plansApply } from "./plans-apply.ts";
import { plansApprove } from "./plans-approve.ts";
import { plansCancel } from "./plans-cancel.ts";
import { plansCreate } from "./plans-create.ts";
import { plansList } from "./plans-list.ts";
import { plansRecompute } from "./plans-recompute.ts";
import { plansReject } from "./plans-reject.ts";
import { plansShow } from "./plans-show.ts";
import { predict } from "./predict.ts";
import { principalsCreate } from "./principals-create.ts";
import { principalsDisable } from "./principals-disable.ts";
import { principalsList } from "./principals-list.ts";
import { principalsSetOwner } from "./principals-set-owner.ts";
import { projectsList } from "./projects-list.ts";
import { projectsSetOwner } from "./projects-set-owner.ts";
import { projectsSetRetention } from "./projects-set-retention.ts";
import { projectsSetTier } from "./projects-set-tier.ts";
import { promote } from "./promote.ts";
import { push } from "./push.ts";
import { repositoriesConnect } from "./repositories-connect.ts";
import { repositoriesDisconnect } from "./repositories-disconnect.ts";
import { repositoriesShow } from "./repositories-show.ts";
import { resourcesList } from "./resources-list.ts";
import { restore } from "./restore.ts";
import { reviewsAnswer } from "./reviews-answer.ts";
import { reviewsApprove } from "./reviews-approve.ts";
import { reviewsReject } from "./reviews-reject.ts";
import { reviewsRequest } from "./reviews-request.ts";
import { reviewsShow } from "./reviews-show.ts";
import { rollback } from "./rollback.ts";
import { rolloutsList } from "./rollouts-list.ts";
import { rolloutsShow } from "./rollouts-show.ts";
import { run } from "./run.ts";
import { runsCancel } from "./runs-cancel.ts";
import { runsList } from "./runs-list.ts";
import { runsLogs } from "./runs-logs.ts";
import { runsRetry } from "./runs-retry.ts";
import { runsShow } from "./runs-show.ts";
import { secretsList } from "./secrets-list.ts";
import { secretsRemove } from "./secrets-remove.ts";
import { secretsRotateKey } from "./secrets-rotate-key.ts";
import { secretsSet } from "./secrets-set.ts";
import { serve } from "./serve.ts";
import { serviceAccountsCreate } from "./service-accounts-create.ts";
import { serviceAccountsDisable } from "./service-accounts-disable.ts";
import { serviceAccountsList } from "./service-accounts-list.ts";
import { status } from "./status.ts";
import { sync } from "./sync.ts";
import { teamsAdd } from "./teams-add.ts";
import { teamsCreate } from "./teams-create.ts";
import { teamsList } from "./teams-list.ts";
import { teamsRemove } from "./teams-remove.ts";
import { teamsShow } from "./teams-show.ts";
import { templatesList } from "./templates-list.ts";
import { tokensCreate } from "./tokens-create.ts";
import { tokensList } from "./tokens-list.ts";
import { tokensRevoke } from "./tokens-revoke.ts";
import { tokensRotate } from "./tokens-rotate.ts";
import { trustsAdd } from "./trusts-add.ts";
import { trustsList } from "./trusts-list.ts";
import { trustsRemove } from "./trusts-remove.ts";
import { up } from "./up.ts";
import { usersCancel } from "./users-cancel.ts";
import { usersHandOver } from "./users-hand-over.ts";
import { usersInvite } from "./users-invite.ts";
import { usersList } from "./users-list.ts";
import { usersRemove } from "./users-remove.ts";
import { usersResend } from "./users-resend.ts";
import { validate } from "./validate.ts";
import { whoami } from "./whoami.ts";

export interface CommandGroup {
  readonly title: string;
  readonly commands: readonly Command[];
}

/** In the order of `pave --help`: the road first, then the machine, then nouns. */
export const groups: readonly CommandGroup[] = [
  { title: "The road", commands: [newProject, init, sync, notebook, validate, run, deploy, promote, rollback, status] },
  { title: "Along the road", commands: [push, lock, predict] },
  { title: "Servers", commands: [login, logout, whoami, contextsList, contextsUse, contextsRemove] },
  { title: "This machine", commands: [up, down, open, serve, doctor, config] },
  {
    title: "Backup",
    commands: [
      gc,
      backup,
      restore,
      backupsList,
      backupsShow,
      backupsVerify,
      backupsDrill,
      backupsDownload,
      backupsRemove,
    ],
  },
  {
    title: "Things",
    commands: [
      projectsList,
      projectsSetRetention,
      projectsSetTier,
      projectsSetOwner,
      templatesList,
      runsList,
      runsShow,
      runsLogs,
      runsCancel,
      runsRetry,
      modelsList,
      modelsShow,
      modelsCompare,
      modelsRename,
      importMlflow,
      importList,
      importShow,
      reviewsShow,
      reviewsRequest,
      reviewsAnswer,
      reviewsApprove,
      reviewsReject,
      commentsList,
      commentsAdd,
      plansList,
      plansShow,
      plansCreate,
      plansApprove,
      plansReject,
      plansApply,
      plansRecompute,
      plansCancel,
      deploymentsList,
      deploymentsShow,
      deploymentsPause,
      deploymentsResume,
      deploymentsAbort,
      deploymentsPromote,
      rolloutsList,
      rolloutsShow,
      deploymentsTruth,
      deploymentsLog,
      groundTruthSend,
      monitorsList,
      monitorsShow,
      alertsList,
      alertsShow,
      alertsAcknowledge,
      connectionsAdd,
      connectionsList,
      connectionsShow,
      connectionsCheck,
      connectionsRemove,
      secretsSet,
      secretsList,
      secretsRemove,
      secretsRotateKey,
      environmentsList,
      environmentsShow,
      environmentsApply,
      repositoriesConnect,
      repositoriesShow,
      repositoriesDisconnect,
      resourcesList,
    ],
  },
  {
    title: "What is told",
    commands: [
      inbox,
      notificationsPreferences,
      notificationsTargetsList,
      notificationsTargetsAdd,
      notificationsTargetsTest,
      notificationsTargetsRemove,
      notificationsRoutesList,
      notificationsRoutesAdd,
      notificationsRoutesRemove,
      notificationsLog,
      notificationsSendAgain,
    ],
  },
  {
    title: "People and evidence",
    commands: [
      accessExplain,
      accessList,
      membersList,
      membersSet,
      membersRemove,
      usersList,
      usersInvite,
      usersResend,
      usersCancel,
      usersRemove,
      teamsList,
      teamsShow,
      teamsCreate,
      teamsAdd,
      teamsRemove,
      principalsList,
      principalsCreate,
      principalsDisable,
      principalsSetOwner,
      usersHandOver,
      tokensList,
      tokensCreate,
      tokensRotate,
      tokensRevoke,
      serviceAccountsList,
      serviceAccountsCreate,
      serviceAccountsDisable,
      trustsList,
      trustsAdd,
      trustsRemove,
      ledgerStatus,
      ledgerExport,
      ledgerVerify,
    ],
  },
];
