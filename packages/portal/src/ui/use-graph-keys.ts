import type { FocusEvent, KeyboardEvent } from "react";
import { nearestBox } from "../lib/nearest-box.ts";

const boxSelector = ".react-flow__node";
const leadsOn = "a[href], button";

/** Tab goes through what boxes of a graph lead to, arrows from one box to the next; what has the focus comes into view. */
export function useGraphKeys(show: (id: string) => void) {
  return {
    onKeyDown(event: KeyboardEvent<HTMLElement>) {
      const box = boxOf(event.target);
      if (!box || event.altKey || event.ctrlKey || event.metaKey) return;
      const others = [...event.currentTarget.querySelectorAll<HTMLElement>(boxSelector)]
        .filter((one) => one !== box && one.querySelector(leadsOn) !== null)
        .map((one) => ({ ...middleOf(one), box: one }));
      const next = nearestBox(event.key, middleOf(box), others);
      if (next === null) return;
      event.preventDefault();
      next.box.querySelector<HTMLElement>(leadsOn)?.focus({ preventScroll: true });
    },
    onFocus(event: FocusEvent<HTMLElement>) {
      const box = boxOf(event.target);
      const id = box?.dataset.id;
      if (box && id !== undefined && !isWithin(box, event.currentTarget)) show(id);
    },
  };
}

const boxOf = (target: EventTarget): HTMLElement | null =>
  target instanceof HTMLElement ? target.closest<HTMLElement>(boxSelector) : null;

function middleOf(element: HTMLElement) {
  const { left, top, width, height } = element.getBoundingClientRect();
  return { x: left + width / 2, y: top + height / 2 };
}

function isWithin(inner: HTMLElement, outer: HTMLElement): boolean {
  const [a, b] = [inner.getBoundingClientRect(), outer.getBoundingClientRect()];
  return a.left >= b.left && a.right <= b.right && a.top >= b.top && a.bottom <= b.bottom;
}
