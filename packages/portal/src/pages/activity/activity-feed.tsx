import { Button, Select, Switch, TextInput } from "@mantine/core";
import type { Activity } from "@pave/contract";
import { IconX } from "@tabler/icons-react";
import { Fragment } from "react";
import { Card } from "../../ui/card.tsx";
import { EmptyState, ErrorState, QueryView } from "../../ui/query-view.tsx";
import classes from "./activity.module.css";
import { ActivityItem } from "./activity-item.tsx";
import { type ActivitySearch, dayChoices, dayOf, typeChoices } from "./activity-search.ts";
import { useActivityQuery, usePrincipalsQuery } from "./use-activity-query.ts";

interface FeedProps {
  readonly project?: string;
  readonly search: ActivitySearch;
  readonly onSearch: (change: { readonly [K in keyof ActivitySearch]: string | undefined }) => void;
}

/** The facts of the ledger, newest first, with what narrows them. */
export function ActivityFeed({ project, search, onSearch }: FeedProps) {
  const query = useActivityQuery(project, search);
  const events = query.data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <Card flush>
      <Filters search={search} onSearch={onSearch} />
      {query.data === undefined && query.error ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <QueryView query={query} rows={10}>
          {() =>
            events.length === 0 ? (
              <EmptyState
                title={Object.keys(search).length > 0 ? "Nothing fits" : "Nothing has happened yet"}
                detail={
                  Object.keys(search).length > 0
                    ? "No fact of the ledger that you may read meets all of these."
                    : "What people and automation do appears here."
                }
              />
            ) : (
              <>
                {[...Map.groupBy(events, ({ at }: Activity) => dayOf(at))].map(([day, ofDay]) => (
                  <Fragment key={day}>
                    <div className={classes.day}>{day}</div>
                    <ol className={classes.list} aria-label={day}>
                      {ofDay.map((event) => (
                        <ActivityItem key={event.id} event={event} withProject={project === undefined} />
                      ))}
                    </ol>
                  </Fragment>
                ))}
                {query.hasNextPage ? (
                  <div className={classes.more}>
                    <Button
                      variant="default"
                      loading={query.isFetchingNextPage}
                      onClick={() => void query.fetchNextPage()}
                    >
                      Show older
                    </Button>
                  </div>
                ) : null}
              </>
            )
          }
        </QueryView>
      )}
    </Card>
  );
}

function Filters({ search, onSearch }: Pick<FeedProps, "search" | "onSearch">) {
  const principals = usePrincipalsQuery();
  const names = (principals.data?.items ?? []).filter(({ kind }) => kind !== "team").map(({ name }) => name);
  return (
    <search className={classes.bar} aria-label="Filter activity">
      <Select
        size="xs"
        w={170}
        aria-label="Who"
        placeholder="anybody"
        searchable
        clearable
        data={[...new Set(search.who && !names.includes(search.who) ? [search.who, ...names] : names)]}
        value={search.who ?? null}
        onChange={(who) => onSearch({ who: who ?? undefined })}
      />
      <Select
        size="xs"
        w={170}
        aria-label="What"
        placeholder="anything"
        searchable
        clearable
        data={typeChoices}
        value={search.type ?? null}
        onChange={(type) => onSearch({ type: type ?? undefined })}
      />
      <Select
        size="xs"
        w={150}
        aria-label="When"
        placeholder="any time"
        clearable
        data={dayChoices}
        value={search.days ?? null}
        onChange={(days) => onSearch({ days: days ?? undefined })}
      />
      {search.subject ? (
        <TextInput
          size="xs"
          w={220}
          aria-label="Subject"
          readOnly
          value={search.subject}
          rightSection={
            <Button
              variant="subtle"
              color="gray"
              size="compact-xs"
              aria-label="Any subject"
              onClick={() => onSearch({ subject: undefined })}
            >
              <IconX size={12} />
            </Button>
          }
        />
      ) : null}
      <Switch
        size="xs"
        label="with routine"
        checked={search.routine === "true"}
        onChange={(event) => onSearch({ routine: event.currentTarget.checked ? "true" : undefined })}
      />
    </search>
  );
}
