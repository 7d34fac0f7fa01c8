import { ActionIcon, Button, CopyButton, Tooltip } from "@mantine/core";
import type { Preview } from "@pave/contract";
import { IconCheck, IconCopy, IconDownload } from "@tabler/icons-react";
import { bytes } from "../../lib/format.ts";
import { Markdown } from "../../ui/markdown.tsx";
import { EmptyState, QueryView } from "../../ui/query-view.tsx";
import { Code } from "./code.tsx";
import type { FileRoot } from "./file-browser.tsx";
import { fileUrl } from "./file-url.ts";
import classes from "./files.module.css";
import { ModelPreview } from "./model-preview.tsx";
import { NotebookPreview } from "./notebook-preview.tsx";
import { OnnxPreview } from "./onnx-preview.tsx";
import { TablePreview } from "./table-preview.tsx";
import { usePreviewQuery } from "./use-files-queries.ts";

/** A file: its path, what can be done with it, and what can be shown of it. */
export function FilePreviewPane({ project, root, path }: { project: string; root: FileRoot; path: string }) {
  const query = usePreviewQuery(project, root.place, path);
  const name = path.split("/").at(-1) ?? path;
  return (
    <article aria-label={name}>
      <header className={classes.head}>
        <span className={classes.path} title={path}>
          {path}
        </span>
        <span className={classes.size}>{bytes(query.data?.size)}</span>
        <CopyButton value={`${root.uri}/${path}`} timeout={1500}>
          {({ copied, copy }) => (
            <Tooltip label={copied ? "Copied" : "Copy its address for MLflow"}>
              <ActionIcon variant="subtle" color="gray" size="sm" aria-label="Copy path" onClick={copy}>
                {copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
              </ActionIcon>
            </Tooltip>
          )}
        </CopyButton>
        <Button
          component="a"
          variant="default"
          size="compact-xs"
          href={fileUrl(project, root.place, path, "download")}
          download={name}
          leftSection={<IconDownload size={13} />}
        >
          Download
        </Button>
      </header>
      <QueryView query={query} rows={8}>
        {({ preview }) => (
          <PreviewView preview={preview} name={name} shown={fileUrl(project, root.place, path, "shown")} />
        )}
      </QueryView>
    </article>
  );
}

function PreviewView({ preview, name, shown }: { preview: Preview; name: string; shown: string }) {
  switch (preview.kind) {
    case "image":
      return (
        <div className={classes.picture}>
          <img src={shown} alt={name} />
        </div>
      );
    case "page":
      return (
        <>
          <p className={classes.hint}>
            A page that the run wrote. Its scripts run in this frame only and load nothing.
          </p>
          {/* no allow-same-origin, ever: with it a page of a run could act as whoever looks at it */}
          <iframe
            className={classes.frame}
            title={name}
            src={shown}
            sandbox="allow-scripts"
            referrerPolicy="no-referrer"
          />
        </>
      );
    case "text":
      return (
        <>
          {preview.isCut ? (
            <p className={classes.hint}>Only the beginning is shown. Download it to see the rest.</p>
          ) : null}
          {preview.isMarkdown ? (
            <div className={classes.prose}>
              <Markdown source={preview.text} />
            </div>
          ) : (
            <Code text={preview.text} />
          )}
        </>
      );
    case "table":
      return <TablePreview table={preview} />;
    case "notebook":
      return <NotebookPreview notebook={preview} />;
    case "onnx":
      return <OnnxPreview summary={preview.summary} />;
    case "model":
      return <ModelPreview model={preview} />;
    case "none":
      return <EmptyState title="No preview" detail={preview.reason} />;
  }
}
