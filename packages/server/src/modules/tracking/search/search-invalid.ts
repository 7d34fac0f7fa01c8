import { PaveError } from "../../../kernel/pave-error.ts";

/** A filter or an order that says nothing which can be searched for. */
export const invalid = (message: string): PaveError => new PaveError("tracking.search_invalid", message);
