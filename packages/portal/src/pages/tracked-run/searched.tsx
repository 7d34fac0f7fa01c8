import { Button, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { Card } from "../../ui/card.tsx";
import { EmptyState } from "../../ui/query-view.tsx";
import classes from "./tracked-run.module.css";

/** So few need no search field; so many are only shown when asked for. */
const few = 8;
const many = 25;

/** A card with a list that is searched by name. */
export function Searched<Row>({
  title,
  rows,
  textOf,
  empty,
  children,
}: {
  title: string;
  rows: readonly Row[];
  /** What is searched. */
  textOf: (row: Row) => string;
  empty: string;
  children: (rows: readonly Row[]) => ReactNode;
}) {
  const [wanted, setWanted] = useState("");
  const [showsAll, setShowsAll] = useState(false);
  const words = wanted.toLowerCase().split(/\s+/).filter(Boolean);
  const found = rows.filter((row) => words.every((word) => textOf(row).toLowerCase().includes(word)));
  const shown = showsAll ? found : found.slice(0, many);
  return (
    <Card
      title={`${title}${rows.length > 0 ? ` ${rows.length}` : ""}`}
      aside={
        rows.length > few ? (
          <TextInput
            size="xs"
            aria-label={`Search ${title.toLowerCase()}`}
            placeholder="Search"
            leftSection={<IconSearch size={13} />}
            value={wanted}
            onChange={(event) => setWanted(event.currentTarget.value)}
          />
        ) : undefined
      }
      flush
    >
      {rows.length === 0 ? (
        <p className={classes.note}>{empty}</p>
      ) : found.length === 0 ? (
        <EmptyState title={`Nothing has ${wanted} in its name or value`} />
      ) : (
        children(shown)
      )}
      {shown.length < found.length ? (
        <Button variant="subtle" m={8} onClick={() => setShowsAll(true)}>
          Show all {found.length}
        </Button>
      ) : null}
    </Card>
  );
}
