import { counted } from "@pave/contract";
import { specAround } from "@pave/contract/checkout";
import { bytes } from "../../lib/format.ts";
import { bySize } from "./checkout.ts";
import type { FolderDraft } from "./use-folder-project.ts";

/** What the page lets people choose about a folder. */
export interface FolderChoice {
  readonly name: string;
  readonly owner: string;
  readonly script: string | null;
  /** The project is there, and is to be gone on with. */
  readonly isThere: boolean;
}

/** The pave.yaml that will be sent: the folder's own as it is, else the one that `pave init` would write. */
export const specOf = ({ own, packages }: FolderDraft, { name, owner, script }: FolderChoice): string =>
  own?.text ?? specAround(name, owner, { ...packages, file: script ?? undefined });

/** The first pipeline is what runs; null where there is none. */
export const pipelineOf = ({ own }: FolderDraft, { script }: FolderChoice): string | null =>
  own === null ? (script === null ? null : "train") : (own.outline.pipelines[0] ?? null);

/** Everything that would be created, in sentences, and what a person should know of it. */
export function outlineFolder(draft: FolderDraft, choice: FolderChoice): { creates: string[]; warnings: string[] } {
  const { checkout, own } = draft;
  return {
    creates: [
      choice.isThere
        ? `project ${choice.name} is there already: this goes on with it`
        : `project ${choice.name}, owned by ${choice.owner}`,
      filesText(draft),
      ...(own === null ? ["`pave.yaml`, as `pave init` writes it; no other file is changed"] : []),
      ...commitText(draft),
      ...pipelinesText(draft, choice),
      ...(own?.outline.serves ?? []).map((name) => `endpoint \`${name}\`, once a version is released to it`),
    ],
    warnings: [
      ...(own === null ? draft.packages.notes : []),
      ...(own?.outline.problem ? [`\`pave.yaml\` cannot be read: ${own.outline.problem}`] : []),
      ...(own === null
        ? [
            "A browser cannot write into your folder: put this `pave.yaml` there as well, and `pave push` goes on from it",
          ]
        : []),
      checkout.git === null
        ? "No commit is known: there is no `.git` in what was chosen that can be read"
        : "Whether files have changed since that commit cannot be seen here, so the revision does not claim to be just that commit",
    ],
  };
}

function filesText({ checkout }: FolderDraft): string {
  const [largest] = bySize(checkout.files);
  const about = largest ? `, the largest is \`${largest.path}\` with ${bytes(largest.file.size)}` : "";
  const out = checkout.ignored > 0 ? `; \`.gitignore\` keeps out ${counted(checkout.ignored, "file")}` : "";
  return `revision 1 with ${counted(checkout.files.length, "file")} of the folder, ${bytes(checkout.bytes)}${about}${out}`;
}

function commitText({ checkout: { git } }: FolderDraft): string[] {
  if (git === null) return [];
  const of = git.remote === null ? "" : ` of ${git.remote}`;
  return [`its commit: \`${git.commit?.slice(0, 12)}\`${git.branch === "HEAD" ? "" : ` on \`${git.branch}\``}${of}`];
}

function pipelinesText({ own }: FolderDraft, { script }: FolderChoice): string[] {
  if (own === null) return script === null ? [] : [`pipeline \`train\`, which runs \`${script}\` as it is`];
  return own.outline.pipelines.map((name) => `pipeline \`${name}\``);
}
