/** Of an event what is told further. */
export interface LedgerEvent {
  readonly id: string;
  readonly time: string;
  readonly type: string;
  readonly result: string;
  readonly principalId: string;
  readonly principalName: string;
  readonly projectId: string | null;
  readonly subjectId: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** The value as text, "" where there is none. */
export function factOf({ data }: LedgerEvent, name: string): string {
  const value = data[name];
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}
