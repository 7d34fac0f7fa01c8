const grouped = new Intl.NumberFormat("en");

/** A number of things in words: `1 request`, `1,440 requests`. */
export const counted = (number: number, one: string, many = `${one}s`): string =>
  `${grouped.format(number)} ${number === 1 ? one : many}`;
