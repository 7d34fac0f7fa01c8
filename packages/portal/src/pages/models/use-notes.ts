import { topics } from "@pave/contract";
import { useDenied } from "../../app/use-may.ts";
import { useAction } from "../../ui/use-action.ts";

interface Note {
  readonly description?: string;
  /** Null removes a tag. */
  readonly tags?: Record<string, string | null>;
}

/** What people write about a model or a version of it: a description and tags, sent by `write`. */
export function useNotes(project: string, model: string, write: (note: Note) => Promise<unknown>) {
  const about = [topics.model(project, model), topics.project(project)];
  return {
    denied: useDenied(project, "model.update"),
    describe: useAction({ act: (description: string) => write({ description }), topics: about }),
    tag: useAction({ act: (tags: Record<string, string | null>) => write({ tags }), topics: about }),
  };
}
