import { seededRandom } from "../math/random.ts";

/**
 * Keeps all numbers up to `capacity`, and beyond that a uniform sample of them (Vitter's algorithm R, 1985), with a
 * fixed seed: the same numbers in the same order leave the same sample. 8 bytes a number kept.
 */
export class Reservoir {
  readonly #capacity: number;
  readonly #random = seededRandom(20010611);
  #kept = new Float64Array(64);
  #seen = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get isSample(): boolean {
    return this.#seen > this.#capacity;
  }

  add(value: number): void {
    this.#seen += 1;
    if (this.#seen > this.#capacity) {
      const at = Math.floor(this.#random() * this.#seen);
      if (at < this.#capacity) this.#kept[at] = value;
      return;
    }
    if (this.#seen > this.#kept.length) {
      const larger = new Float64Array(Math.min(this.#capacity, this.#kept.length * 2));
      larger.set(this.#kept);
      this.#kept = larger;
    }
    this.#kept[this.#seen - 1] = value;
  }

  ascending(): Float64Array {
    return this.#kept.slice(0, Math.min(this.#seen, this.#capacity)).sort();
  }
}
