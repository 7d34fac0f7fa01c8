import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";

const scripts = join(import.meta.dirname, "..", "..", "..", "..", "..", "python", "pave_attempt");

/** Texts that begin alike, overlap and contain each other, in pieces of every size. */
const program = `
import random, re, sys
sys.path.insert(0, sys.argv[1])
from masking import Masker
texts = ["secret-abc", "secret-abcdef==", "aaaaaaaab", "abcabcabcabd", "ü" * 8]
masks = [{"name": "x", "text": text} for text in texts]
pattern = re.compile(b"|".join(re.escape(text.encode()) for text in sorted(texts, key=len, reverse=True)))
pieces = texts + ["x", "a", "aaaa", "abcabc", "secret", "-abc", "\\n", "sec", "ü"]
rng = random.Random(7)
for _ in range(4000):
    text = "".join(rng.choice(pieces) for _ in range(rng.randint(1, 12))).encode()
    masker, out, at = Masker(masks), b"", 0
    while at < len(text):
        size = rng.randint(1, 7)
        out += masker.feed(text[at : at + size])
        at += size
    out += masker.feed(b"", final=True)
    assert out == pattern.sub(b"***", text), (text, out)
print("as if it had come at once")
`;

test("a stream is masked as a whole text is, however it is cut", () => {
  const said = execFileSync("python3", ["-I", "-c", program, scripts], { encoding: "utf8" });
  expect(said).toBe("as if it had come at once\n");
});
