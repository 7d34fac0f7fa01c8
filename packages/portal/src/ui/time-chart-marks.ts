import type UPlot from "uplot";
import { placeLabels } from "../lib/place-labels.ts";

/** Something that changed at a time; `short` stands where there is no room for the text. */
export interface ChartMark {
  /** Seconds since 1970. */
  readonly at: number;
  readonly text: string;
  readonly short: string;
}

/** A dashed line where something changed, and above the plot what it was; the newest gets its room first. */
export function drawMarks(
  chart: UPlot,
  marks: readonly ChartMark[],
  { ink, surface, font }: { ink: string; surface: string; font: string },
): void {
  const { ctx, bbox } = chart;
  const ratio = devicePixelRatio;
  ctx.save();
  ctx.font = font.replace("11px", `${11 * ratio}px`);
  ctx.textBaseline = "alphabetic";
  const end = bbox.left + bbox.width;
  const shown = marks
    .map((mark) => ({ mark, x: Math.round(chart.valToPos(mark.at, "x", true)) }))
    .filter(({ x }) => x >= bbox.left && x <= end)
    .toSorted((a, b) => b.x - a.x);
  const labels = placeLabels(
    shown.map(({ mark, x }) => ({
      x,
      widths: [mark.text, mark.short].map((text) => ({ text, width: ctx.measureText(text).width })),
    })),
    { from: bbox.left, to: end + 20 * ratio, gap: 4 * ratio },
  );
  for (const [index, { x }] of shown.entries()) {
    ctx.strokeStyle = ink;
    ctx.lineWidth = ratio;
    ctx.setLineDash([3 * ratio, 3 * ratio]);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top - 3 * ratio);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    const label = labels[index];
    if (!label) continue;
    ctx.fillStyle = surface;
    ctx.fillRect(label.left - 2 * ratio, bbox.top - 16 * ratio, label.width + 4 * ratio, 13 * ratio);
    ctx.fillStyle = ink;
    ctx.fillText(label.text, label.left, bbox.top - 6 * ratio);
  }
  ctx.restore();
}
