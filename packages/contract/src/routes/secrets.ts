import { z } from "zod";
import { nameSchema, okSchema } from "../common.ts";
import * as secrets from "../resources/secrets.ts";
import { route } from "../route.ts";
import { inProject, project } from "./params.ts";

const secretParams = z.object({ ...project, secret: secrets.secretNameSchema });

export const secretRoutes = {
  listSecrets: route({
    method: "GET",
    path: "/projects/:project/secrets",
    summary: "Names of secrets, who set them, when they were used; never values",
    permission: "project.read",
    params: inProject,
    response: z.object({ items: z.array(secrets.secretSchema) }),
  }),
  setSecret: route({
    method: "PUT",
    path: "/projects/:project/secrets/:secret",
    summary: "Set a secret; its value cannot be read again",
    permission: "secret.update",
    params: secretParams,
    body: secrets.setSecretBody,
    response: secrets.secretSchema,
    bodyLimitBytes: 2 ** 18,
  }),
  removeSecret: route({
    method: "DELETE",
    path: "/projects/:project/secrets/:secret",
    summary: "Remove a secret with all its versions",
    permission: "secret.update",
    params: secretParams,
    query: z.object({ environment: nameSchema.optional() }),
    response: okSchema,
  }),
  rotateMasterKey: route({
    method: "POST",
    path: "/secrets/rotate-key",
    summary: "Wrap the keys of all secrets by a new master key",
    permission: "platform.admin",
    response: secrets.rotationSchema,
  }),
} as const;
