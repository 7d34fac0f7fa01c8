import { z } from "zod";
import { nameSchema } from "../common.ts";

/** The part of a path's parameters that names a project. */
export const project = { project: nameSchema };
export const inProject = z.object(project);
/** Runs and plans are counted from 1 in their project; the plans of the platform on their own. */
export const numbered = z.coerce.number().int().positive();
/** A response that is no JSON. */
export const bytes = z.unknown();
