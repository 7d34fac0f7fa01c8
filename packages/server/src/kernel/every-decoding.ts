/** A path as it is, and as it would be read by whoever decodes it once more, up to four times. */
export function everyDecoding(path: string): string[] {
  const found = [path];
  for (let round = 0; round < 4; round += 1) {
    const next = decodedOnce(found.at(-1) ?? "");
    if (found.includes(next)) break;
    found.push(next);
  }
  return found;
}

function decodedOnce(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
