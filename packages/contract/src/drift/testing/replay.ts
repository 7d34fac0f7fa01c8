import { type ColumnCounts, type CountedWindow, columnCounts } from "../counts/column-counts.ts";
import { counterOf, layoutOf } from "../counts/count-layout.ts";
import type { Random } from "../math/random.ts";
import { ProfileBuilder } from "../profile/profile-builder.ts";
import type { ReferenceProfile } from "../profile/reference-profile.ts";
import { type Flight, flightColumns } from "./flight-table.ts";

export function drawReference(flights: readonly Flight[], rows: number, random: Random): ReferenceProfile {
  const builder = new ProfileBuilder(flightColumns, { prediction: "numeric" });
  for (let row = 0; row < rows; row += 1) {
    const flight = flights[Math.floor(random() * flights.length)] as Flight;
    builder.add({ ...flight }, flight.probability);
  }
  return builder.build();
}

/**
 * Draws windows of whole flights against one reference, counter by counter: each flight's counters are looked up once,
 * so that a replay of thousands of windows takes seconds. Columns stay as dependent on each other as they are.
 */
export function windowsOf(
  profile: ReferenceProfile,
  flights: readonly Flight[],
): (rows: number, random: Random) => CountedWindow {
  const { columns, length } = layoutOf(profile);
  const width = columns.length;
  const values = (flight: Flight) =>
    columns.map(({ profile: { name } }) => (name === "prediction" ? flight.probability : flight[name as keyof Flight]));
  const counters = Int32Array.from(
    flights.flatMap((flight) => values(flight).map((value, index) => counterOf(columns[index] as never, value))),
  );
  const probabilities = flights.map(({ probability }) => probability);

  return (rows, random) => {
    const counts = new Int32Array(length);
    let [sum, squares] = [0, 0];
    for (let row = 0; row < rows; row += 1) {
      const flight = Math.floor(random() * flights.length);
      const end = (flight + 1) * width;
      for (let at = flight * width; at < end; at += 1) (counts[counters[at] as number] as number) += 1;
      const probability = probabilities[flight] as number;
      sum += probability;
      squares += probability * probability;
    }
    const column = (index: number): ColumnCounts => {
      const { first, unseen, missing } = columns[index] as (typeof columns)[number];
      const tail = { unseen: counts[unseen] as number, missing: counts[missing] as number };
      const mean = sum / rows;
      const numbers = { mean, deviation: Math.sqrt(squares / rows - mean * mean), min: 0, max: 1 };
      return columnCounts([...counts.subarray(first, unseen)], tail, index === width - 1 ? numbers : null);
    };
    const byName = new Map(columns.map(({ profile: { name } }, index) => [name, index]));
    return {
      profile,
      rows,
      column: (name) => column(byName.get(name) ?? -1),
      prediction: () => column(width - 1),
    };
  };
}
