import classes from "./compare.module.css";

const colors = 8;

export const seriesColor = (index: number): string => `--series-${(index % colors) + 1}`;

/** Beyond the eighth run colours come again, with the line broken another way. */
export const seriesDash = (index: number): string | undefined =>
  [undefined, "6 3", "2 3"][Math.floor(index / colors) % 3];

export function RunSwatch({ index }: { index: number }) {
  return (
    <svg className={classes.swatch} width={16} height={10} aria-hidden>
      <line
        x1={0}
        x2={16}
        y1={5}
        y2={5}
        strokeWidth={3}
        strokeDasharray={seriesDash(index)}
        style={{ stroke: `var(${seriesColor(index)})` }}
      />
    </svg>
  );
}
