import { crc32, deflateSync, inflateSync } from "node:zlib";

/*
 * Pictures of pages have few colours: with a palette a PNG takes a third of what the browser writes.
 */

const signature = Buffer.from("89504e470d0a1a0a", "hex");
const mostColors = 256;

interface Pixels {
  readonly width: number;
  readonly height: number;
  /** 0xrrggbb, row by row. */
  readonly colors: Uint32Array;
}

/** The same picture with at most 256 colours; a picture that has no more keeps each of them. */
export function smallPng(png: Uint8Array): Buffer {
  const { width, height, colors } = readPng(Buffer.from(png));
  const palette = choosePalette(colors);
  const nearest = new Map(palette.map((color, index) => [color, index]));
  const rows = Buffer.alloc(height * (width + 1));
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1) {
      const color = colors[y * width + x] ?? 0;
      const index = nearest.get(color) ?? nearestIn(palette, color);
      nearest.set(color, index);
      rows[y * (width + 1) + 1 + x] = index;
    }
  const table = Buffer.from(palette.flatMap((color) => [color >> 16, (color >> 8) & 255, color & 255]));
  return fileOf(width, height, 3, [chunk("PLTE", table)], rows);
}

/** In true colour, without a filter. */
export function writePng({ width, height, colors }: Pixels): Buffer {
  const rows = Buffer.alloc(height * (width * 3 + 1));
  for (const [i, color] of colors.entries())
    rows.set([color >> 16, (color >> 8) & 255, color & 255], 3 * i + Math.floor(i / width) + 1);
  return fileOf(width, height, 2, [], rows);
}

function fileOf(width: number, height: number, kind: number, before: readonly Buffer[], rows: Buffer): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, kind], 8);
  return Buffer.concat([
    signature,
    chunk("IHDR", header),
    ...before,
    chunk("IDAT", deflateSync(rows, { level: 9, memLevel: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

/** Of a browser or of ours: eight bits, RGB with or without alpha, or a palette; not interlaced. Alpha is left out, as pages have none. */
export function readPng(png: Buffer): Pixels {
  const data: Buffer[] = [];
  let [header, table] = [Buffer.alloc(0), Buffer.alloc(0)];
  for (let at = signature.length; at < png.length; ) {
    const length = png.readUInt32BE(at);
    const type = png.toString("latin1", at + 4, at + 8);
    const body = png.subarray(at + 8, at + 8 + length);
    if (type === "IHDR") header = Buffer.from(body);
    if (type === "PLTE") table = Buffer.from(body);
    if (type === "IDAT") data.push(body);
    at += length + 12;
  }
  const [width, height, depth, kind] = [header.readUInt32BE(0), header.readUInt32BE(4), header[8], header[9]];
  const step = { 2: 3, 3: 1, 6: 4 }[Number(kind)];
  if (depth !== 8 || step === undefined) throw new Error(`a PNG of ${depth} bits and kind ${kind} is not read`);
  const bytes = unfiltered(inflateSync(Buffer.concat(data)), width * step, height, step);
  const colors = new Uint32Array(width * height);
  for (let i = 0; i < colors.length; i += 1) {
    const [from, at] = step === 1 ? [table, 3 * (bytes[i] ?? 0)] : [bytes, i * step];
    colors[i] = ((from[at] ?? 0) << 16) | ((from[at + 1] ?? 0) << 8) | (from[at + 2] ?? 0);
  }
  return { width, height, colors };
}

function unfiltered(raw: Buffer, stride: number, height: number, step: number): Uint8Array {
  const out = new Uint8Array(stride * height);
  for (let y = 0; y < height; y += 1) {
    const filter = raw[y * (stride + 1)] ?? 0;
    for (let x = 0; x < stride; x += 1) {
      const at = y * stride + x;
      const left = x >= step ? (out[at - step] ?? 0) : 0;
      const above = y > 0 ? (out[at - stride] ?? 0) : 0;
      const corner = x >= step && y > 0 ? (out[at - stride - step] ?? 0) : 0;
      const guess = [0, left, above, (left + above) >> 1, paeth(left, above, corner)][filter] ?? 0;
      out[at] = (raw[y * (stride + 1) + 1 + x] ?? 0) + guess;
    }
  }
  return out;
}

function paeth(left: number, above: number, corner: number): number {
  const [a, b, c] = [Math.abs(above - corner), Math.abs(left - corner), Math.abs(left + above - 2 * corner)];
  if (a <= b && a <= c) return left;
  return b <= c ? above : corner;
}

/** The most frequent colours, of which those that are alike count as one where there are too many. */
function choosePalette(colors: Uint32Array): number[] {
  const counts = new Map<number, number>();
  for (const color of colors) counts.set(color, (counts.get(color) ?? 0) + 1);
  const byCount = [...counts].sort(([, a], [, b]) => b - a);
  if (byCount.length <= mostColors) return byCount.map(([color]) => color);
  const alike = new Map<number, number>();
  for (const [color] of byCount) {
    const key = color & 0xf0f0f0;
    if (!alike.has(key)) alike.set(key, color);
  }
  // half for what is frequent, half so that no part of the picture is without a colour near its own
  const frequent = byCount.slice(0, mostColors / 2).map(([color]) => color);
  return [...new Set([...frequent, ...alike.values(), ...byCount.map(([color]) => color)])].slice(0, mostColors);
}

function nearestIn(palette: readonly number[], color: number): number {
  let [best, least] = [0, Number.POSITIVE_INFINITY];
  for (const [index, one] of palette.entries()) {
    const [r, g, b] = [
      (one >> 16) - (color >> 16),
      ((one >> 8) & 255) - ((color >> 8) & 255),
      (one & 255) - (color & 255),
    ];
    const distance = 2 * r * r + 4 * g * g + 3 * b * b;
    if (distance < least) [best, least] = [index, distance];
  }
  return best;
}

function chunk(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(body.length, 0);
  head.write(type, 4, "latin1");
  const tail = Buffer.alloc(4);
  tail.writeUInt32BE(crc32(Buffer.concat([head.subarray(4), body])), 0);
  return Buffer.concat([head, body, tail]);
}
