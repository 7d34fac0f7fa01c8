import { createContext, Fragment, useContext } from "react";
import { type Block, type Inline, parseMarkdown } from "../lib/markdown.ts";
import { splitMentions } from "../lib/mentions.ts";
import classes from "./markdown.module.css";

const nobody: readonly string[] = [];
const Names = createContext(nobody);

/** Renders a text in Markdown as elements; nothing in it is ever taken for HTML. Mentions of those `names` stand out. */
export function Markdown({ source, names = nobody }: { source: string; names?: readonly string[] }) {
  return (
    <Names value={names}>
      <div className={classes.markdown}>
        {parseMarkdown(source).map((block, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: blocks of a text have no identity but their place
          <BlockView key={index} block={block} />
        ))}
      </div>
    </Names>
  );
}

function BlockView({ block }: { block: Block }) {
  switch (block.kind) {
    case "heading": {
      const Heading = block.level <= 1 ? "h3" : block.level === 2 ? "h4" : "h5";
      return (
        <Heading>
          <InlineView parts={block.content} />
        </Heading>
      );
    }
    case "paragraph":
      return (
        <p>
          <InlineView parts={block.content} />
        </p>
      );
    case "quote":
      return (
        <blockquote>
          <InlineView parts={block.content} />
        </blockquote>
      );
    case "code":
      return <pre>{block.text}</pre>;
    case "list": {
      const List = block.ordered ? "ol" : "ul";
      return (
        <List>
          {block.items.map((item, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: as above
            <li key={index}>
              <InlineView parts={item} />
            </li>
          ))}
        </List>
      );
    }
    case "table":
      return (
        <table>
          {block.head.some((cell) => cell.length > 0) ? (
            <thead>
              <Row cells={block.head} as="th" />
            </thead>
          ) : null}
          <tbody>
            {block.rows.map((row, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: as above
              <Row key={index} cells={row} as="td" />
            ))}
          </tbody>
        </table>
      );
    case "rule":
      return <hr />;
  }
}

function Row({ cells, as: Cell }: { cells: readonly (readonly Inline[])[]; as: "th" | "td" }) {
  return (
    <tr>
      {cells.map((cell, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: as above
        <Cell key={index}>
          <InlineView parts={cell} />
        </Cell>
      ))}
    </tr>
  );
}

function InlineView({ parts }: { parts: readonly Inline[] }) {
  return parts.map((part, index) => {
    // biome-ignore lint/suspicious/noArrayIndexKey: as above
    return <Fragment key={index}>{inlineOf(part)}</Fragment>;
  });
}

function inlineOf(part: Inline) {
  if (part.kind === "strong") return <strong>{part.text}</strong>;
  if (part.kind === "emphasis") return <em>{part.text}</em>;
  if (part.kind === "code") return <code>{part.text}</code>;
  if (part.kind === "link")
    return (
      <a href={part.href} rel="noreferrer noopener">
        {part.text}
      </a>
    );
  return <Text text={part.text} />;
}

function Text({ text }: { text: string }) {
  return splitMentions(text, useContext(Names)).map((part, index) =>
    part.isMention ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: as above
      <b key={index} className={classes.mention}>
        {part.text}
      </b>
    ) : (
      part.text
    ),
  );
}
