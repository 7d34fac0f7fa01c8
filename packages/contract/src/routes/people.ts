import { z } from "zod";
import { okSchema } from "../common.ts";
import { sessionSchema } from "../resources/access.ts";
import * as people from "../resources/people.ts";
import { route } from "../route.ts";

const secret = z.object({ secret: z.string().max(200) });
const invitation = z.object({ invitation: z.string().max(100) });

/** How people come in and leave. Sign-in by an OpenID provider stands at `/oidc`, where browsers are sent to and from. */
export const peopleRoutes = {
  signInOptions: route({
    method: "GET",
    path: "/sign-in-options",
    summary: "Ways to sign in here",
    permission: "public",
    response: people.signInOptionsSchema,
  }),
  signInByPassword: route({
    method: "POST",
    path: "/sign-in/password",
    summary: "Sign in with a password; the answer sets a session cookie",
    permission: "public",
    body: people.signInByPasswordBody,
    response: sessionSchema,
  }),
  openInvitation: route({
    method: "POST",
    path: "/invitations/open",
    summary: "What an invitation is for, by its link's secret",
    permission: "public",
    body: secret,
    response: people.openInvitationSchema,
  }),
  acceptInvitation: route({
    method: "POST",
    path: "/invitations/accept",
    summary: "Accept an invitation with a password; the answer sets a session cookie",
    permission: "public",
    body: secret.extend({ password: people.passwordSchema }),
    response: sessionSchema,
  }),
  listPeople: route({
    method: "GET",
    path: "/people",
    summary: "People with how they sign in and when they were last here",
    permission: "platform.admin",
    response: z.object({ items: z.array(people.personSchema) }),
  }),
  removePerson: route({
    method: "POST",
    path: "/people/:person/remove",
    summary: "Disable a person, end their sessions and tokens; what they alone hold goes to the one named",
    permission: "platform.admin",
    params: z.object({ person: z.string().max(320) }),
    body: z.object({ to: z.string().max(320).optional() }),
    response: z.object({ person: people.personSchema, ended: people.endedSchema }),
  }),
  listInvitations: route({
    method: "GET",
    path: "/invitations",
    summary: "Invitations that are neither accepted nor cancelled",
    permission: "platform.admin",
    response: z.object({ items: z.array(people.invitationSchema) }),
  }),
  invitePerson: route({
    method: "POST",
    path: "/invitations",
    summary: "Invite a person; the link is shown once",
    permission: "platform.admin",
    body: people.inviteBody,
    response: people.madeInvitationSchema,
  }),
  resendInvitation: route({
    method: "POST",
    path: "/invitations/:invitation/resend",
    summary: "Make a new link for an invitation, good as long as the first; the old link is worth nothing",
    permission: "platform.admin",
    params: invitation,
    response: people.madeInvitationSchema,
  }),
  cancelInvitation: route({
    method: "DELETE",
    path: "/invitations/:invitation",
    summary: "Cancel an invitation",
    permission: "platform.admin",
    params: invitation,
    response: okSchema,
  }),
  account: route({
    method: "GET",
    path: "/account",
    summary: "My account: how I sign in, and where I am signed in",
    permission: "signed-in",
    response: people.accountSchema,
  }),
  changePassword: route({
    method: "PUT",
    path: "/account/password",
    summary: "Change my password; my other sessions end",
    permission: "signed-in",
    body: people.changePasswordBody,
    response: okSchema,
  }),
  endSession: route({
    method: "DELETE",
    path: "/account/sessions/:session",
    summary: "End one of my sessions",
    permission: "signed-in",
    params: z.object({ session: z.string().max(100) }),
    response: okSchema,
  }),
  endSessions: route({
    method: "DELETE",
    path: "/account/sessions",
    summary: "Sign me out everywhere, here too",
    permission: "signed-in",
    response: z.object({ ended: z.number() }),
  }),
} as const;
