import { z } from "zod";
import { digestSchema, maxBlobBytes, okSchema } from "../common.ts";
import * as runs from "../resources/runs.ts";
import { route } from "../route.ts";
import { bytes, project } from "./params.ts";

export const artifactRoutes = {
  putBlob: route({
    method: "PUT",
    path: "/projects/:project/blobs/:digest",
    summary: "Upload bytes of a revision",
    permission: "revision.push",
    params: z.object({ ...project, digest: digestSchema }),
    response: okSchema,
    raw: "request",
    bodyLimitBytes: maxBlobBytes,
  }),
  uploadData: route({
    method: "PUT",
    path: "/data/:digest",
    summary: "Upload a data file to profile, before there is a project",
    permission: "project.create",
    params: z.object({ digest: digestSchema }),
    response: okSchema,
    raw: "request",
    bodyLimitBytes: maxBlobBytes,
  }),
  uploadTable: route({
    method: "POST",
    path: "/data",
    summary: "Upload a data file whose digest is not known yet, as from a browser",
    permission: "project.create",
    response: z.object({ digest: digestSchema, bytes: z.number() }),
    raw: "request",
    bodyLimitBytes: maxBlobBytes,
  }),
  getSignedBlob: route({
    method: "GET",
    path: "/blobs/:digest",
    summary: "Read bytes by a signed URL",
    permission: "public",
    params: z.object({ digest: digestSchema }),
    query: z.object({ expires: z.string(), signature: z.string() }),
    response: bytes,
    raw: "response",
  }),
  putSignedBlob: route({
    method: "PUT",
    path: "/blobs/:digest",
    summary: "Write bytes by a signed URL",
    permission: "public",
    params: z.object({ digest: digestSchema }),
    query: z.object({ size: z.string().regex(/^\d+$/), expires: z.string(), signature: z.string() }),
    response: okSchema,
    raw: "request",
    bodyLimitBytes: maxBlobBytes,
  }),
  getArtifactFile: route({
    method: "GET",
    path: "/projects/:project/artifacts/:artifact/file",
    summary: "One file of an artifact",
    permission: "project.read",
    params: z.object({ ...project, artifact: z.string() }),
    query: z.object({ path: z.string().optional() }),
    response: bytes,
    raw: "response",
  }),
  getArtifact: route({
    method: "GET",
    path: "/projects/:project/artifacts/:artifact",
    summary: "An artifact",
    permission: "project.read",
    params: z.object({ ...project, artifact: z.string() }),
    response: runs.artifactSchema,
  }),
} as const;
