import type { ExpectedPart, Token } from "./parts.ts";
import { SearchMistake } from "./search-mistake.ts";
import { tokensOf } from "./tokens.ts";

export type TokenReader = ReturnType<typeof createTokenReader>;

/** Reads a filter or an order token by token; `what` names it in what it says of mistakes. */
export function createTokenReader(source: string, what: string) {
  const tokens = tokensOf(source, what);
  let next = 0;

  const takeIf = (fits: (token: Token) => boolean): boolean => {
    const token = tokens[next];
    if (!token || !fits(token)) return false;
    next += 1;
    return true;
  };
  const isWord = (token: Token | undefined, word: string) =>
    token?.type === "word" && token.text.toUpperCase() === word;

  /** Points at the next token unless told otherwise; `expected` is what could stand there. */
  const mistake = (problem: string, token = tokens[next], expected?: ExpectedPart): SearchMistake => {
    const position = token?.at ?? source.length;
    const detail = `${problem}, ${token ? `found ${excerpt(source.slice(token.at))}` : "found its end"}`;
    return new SearchMistake(`Invalid clause(s) in ${what} at position ${position + 1}: ${detail}`, {
      ...{ position, end: token?.end ?? position, detail, expected },
    });
  };
  /** Where the next token is none of what could stand there. */
  const missing = (problem: string, expected: ExpectedPart): SearchMistake => mistake(problem, tokens[next], expected);

  return {
    isDone: () => next >= tokens.length,
    peek: (): Token | undefined => tokens[next],
    take: (): Token | undefined => tokens[next++],
    /** Keywords are known in any case. */
    takeWord: (word: string) => takeIf((token) => isWord(token, word)),
    takeSign: (sign: string) => takeIf((token) => token.type === "sign" && token.text === sign),
    /** The part of a name that stands right behind `token`. */
    takeAdjacent: (token: Token, ...types: Token["type"][]): Token | undefined => {
      const following = tokens[next];
      if (following?.at !== token.end || !types.includes(following.type)) return undefined;
      next += 1;
      return following;
    },
    mistake,
    missing,
  };
}

const longest = 60;
const excerpt = (text: string): string => (text.length > longest ? `${text.slice(0, longest).toWellFormed()}…` : text);
