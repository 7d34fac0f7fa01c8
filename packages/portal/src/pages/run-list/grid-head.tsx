import { IconArrowDown, IconArrowUp } from "@tabler/icons-react";
import layout from "../../ui/layout.module.css";
import { boundWidth, type GridColumn, nameWidth } from "./grid-columns.ts";
import { GridHeadCell, GridRow } from "./grid-parts.tsx";
import classes from "./run-grid.module.css";

interface HeadProps {
  readonly columns: readonly GridColumn[];
  readonly nameWidth: number;
  readonly template: string;
  readonly order: string | undefined;
  readonly onOrder: (key: string, first: "ASC" | "DESC") => void;
  readonly onWidth: (id: string, width: number) => void;
}

const nameColumn = {
  id: "name",
  title: "Run",
  isNumeric: false,
  sort: { key: "attributes.run_name", first: "ASC" },
} as const;

/** The names of columns: a click sorts, the edge changes the width. */
export function GridHead(props: HeadProps) {
  const all: readonly GridColumn[] = [{ ...nameColumn, width: props.nameWidth }, ...props.columns];
  return (
    <GridRow aria-rowindex={1} className={classes.head} style={{ gridTemplateColumns: props.template }}>
      <GridHeadCell className={classes.pick}>
        <span className={layout.hidden}>Selected</span>
      </GridHeadCell>
      {all.map((column) => (
        <HeadCell key={column.id} column={column} {...props} />
      ))}
    </GridRow>
  );
}

function HeadCell({ column, order, onOrder, onWidth }: HeadProps & { column: GridColumn }) {
  const { id, title, width, isNumeric, sort } = column;
  const way = sort && order?.startsWith(`${sort.key} `) ? order.slice(sort.key.length + 1) : undefined;
  const Arrow = way === "ASC" ? IconArrowUp : IconArrowDown;
  const sorted = way === undefined ? "none" : way === "ASC" ? "ascending" : "descending";
  return (
    <GridHeadCell
      aria-sort={sorted}
      className={id === "name" ? classes.nameHead : classes.headCell}
      data-numeric={isNumeric || undefined}
    >
      {sort ? (
        <button
          type="button"
          className={classes.sort}
          data-on={way !== undefined || undefined}
          title={`Sort by ${title}`}
          onClick={() => onOrder(sort.key, sort.first)}
        >
          <span className={classes.headText}>{title}</span>
          {way === undefined ? null : <Arrow size={12} aria-hidden />}
        </button>
      ) : (
        <span className={classes.headText} title={title}>
          {title}
        </span>
      )}
      <Edge title={title} width={width || nameWidth} onWidth={(next) => onWidth(id, next)} />
    </GridHeadCell>
  );
}

/** Drags the width. */
function Edge({ title, width, onWidth }: { title: string; width: number; onWidth: (width: number) => void }) {
  const drag = (event: React.PointerEvent<HTMLButtonElement>) => {
    event.preventDefault();
    const { currentTarget, pointerId, clientX } = event;
    currentTarget.setPointerCapture(pointerId);
    const move = (to: PointerEvent) => onWidth(boundWidth(width + to.clientX - clientX));
    const end = () => {
      currentTarget.removeEventListener("pointermove", move);
      currentTarget.removeEventListener("pointerup", end);
      currentTarget.removeEventListener("pointercancel", end);
    };
    currentTarget.addEventListener("pointermove", move);
    currentTarget.addEventListener("pointerup", end);
    currentTarget.addEventListener("pointercancel", end);
  };
  return (
    <button
      type="button"
      className={classes.edge}
      aria-label={`Width of ${title}`}
      tabIndex={-1}
      onPointerDown={drag}
    />
  );
}
