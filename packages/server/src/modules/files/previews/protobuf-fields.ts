import { type ByteWindow, UnreadableFile } from "./byte-window.ts";

export interface Field {
  /** Of a varint; 0 of other kinds. */
  readonly value: number;
  /** How many bytes follow, which whoever handles the field reads or skips; 0 of a varint. */
  readonly length: number;
}
type Handler = (field: Field) => Promise<void>;

/** Goes through a message that ends at `end`: fields with a handler are handed over, all others are skipped. */
export async function eachField(
  bytes: ByteWindow,
  end: number,
  handlers: Readonly<Record<number, Handler>>,
): Promise<void> {
  while (bytes.at < end) {
    const tag = await bytes.varint();
    const [number, wire] = [Math.floor(tag / 8), tag % 8];
    const handle = handlers[number];
    if (wire === 0) {
      const value = await bytes.varint();
      await handle?.({ value, length: 0 });
      continue;
    }
    const length = wire === 2 ? await bytes.varint() : wire === 1 ? 8 : wire === 5 ? 4 : -1;
    const next = bytes.at + length;
    if (length < 0 || number === 0 || next > end) throw new UnreadableFile("it is no message of this kind");
    if (wire === 2) await handle?.({ value: 0, length });
    // whoever handles a field may leave the rest of it
    bytes.at = next;
  }
  if (bytes.at > end) throw new UnreadableFile("a field reaches beyond its message");
}
