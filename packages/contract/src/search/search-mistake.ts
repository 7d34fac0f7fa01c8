/** A filter or an order that says nothing which can be searched for, with the place where it stops doing so. */
export class SearchMistake extends Error {
  override readonly name = "SearchMistake";
  /** Of the first character that does not fit, from 0. */
  readonly position: number;

  constructor(message: string, position: number) {
    super(message);
    this.position = position;
  }
}
