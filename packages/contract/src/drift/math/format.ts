/** Numbers as sentences of reasons show them. */
export const percent = (share: number): string => {
  const value = share * 100;
  const digits = value === 0 || Math.abs(value) >= 10 ? 0 : 1;
  return `${value > 0 && value < 0.05 ? "less than 0.1" : value.toFixed(digits)} %`;
};

/** Three digits. What is next to 0 because it bounds the value 0 is called 0. */
export const decimal = (value: number): string =>
  Math.abs(value) < 1e-300
    ? "0"
    : Math.abs(value) >= 1000
      ? grouped.format(Math.round(value))
      : String(Number(value.toPrecision(3)));

export const count = (value: number): string => (value < 1000 ? String(value) : grouped.format(value));

// made once: `toLocaleString` makes one for each number
const grouped = new Intl.NumberFormat("en-US");

/** "1 row", "2 rows". */
export const counted = (value: number, noun: string): string => `${count(value)} ${noun}${value === 1 ? "" : "s"}`;
