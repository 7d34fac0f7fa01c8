/** Of a file that git tracks. */
export interface Tracked {
  readonly executable: boolean;
}

/**
 * What `.git/index` tracks, by path; null where it is written in a way that is not read here, such as with shortened
 * paths (version 4) or split over files. The format: git's Documentation/gitformat-index.
 */
export function readGitIndex(bytes: Uint8Array<ArrayBuffer>, digestBytes: 20 | 32 = 20): Map<string, Tracked> | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 12 || view.getUint32(0) !== signature) return null;
  const version = view.getUint32(4);
  if (version !== 2 && version !== 3) return null;
  const found = new Map<string, Tracked>();
  let at = 12;
  for (let left = view.getUint32(8); left > 0; left -= 1) {
    const flagsAt = at + statBytes + digestBytes;
    if (flagsAt + 4 > bytes.length) return null;
    const isExtended = (view.getUint16(flagsAt) & 0x4000) !== 0;
    const pathAt = flagsAt + (isExtended ? 4 : 2);
    const end = bytes.indexOf(0, pathAt);
    if (end < 0) return null;
    const mode = view.getUint32(at + modeOffset);
    // a submodule is a commit, no file
    if (mode >> 12 !== 0o16)
      found.set(new TextDecoder().decode(bytes.subarray(pathAt, end)), { executable: (mode & 0o111) !== 0 });
    // one to eight zeros: an entry's length is a multiple of eight
    at += Math.floor((end - at) / 8) * 8 + 8;
  }
  return found;
}

const signature = 0x44495243;
const statBytes = 40;
const modeOffset = 24;
