import { Button, Switch } from "@mantine/core";
import { topics } from "@pave/contract";
import { IconArrowsDiff } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { api } from "../../lib/api.ts";
import { Card } from "../../ui/card.tsx";
import { Page } from "../../ui/page.tsx";
import { EmptyState, QueryView } from "../../ui/query-view.tsx";
import { type Comparison, ComparisonTables, comparedRuns } from "./comparison-tables.tsx";

/** What is different between two versions, and which is better? */
export function CompareVersionsPage() {
  const from = "/shell/projects/$project/models/$model/compare";
  const { project, model } = useParams({ from });
  const { left = "", right = "", all } = useSearch({ from });
  const navigate = useNavigate({ from: "/projects/$project/models/$model/compare" });
  const isChosen = left !== "" && right !== "";
  const query = useQuery({
    queryKey: [topics.model(project, model), "comparison", left, right],
    queryFn: () => api.compareModelVersions({ params: { project, model, version: left }, query: { with: right } }),
    enabled: isChosen,
  });
  const runs = query.data ? comparedRuns(query.data) : null;
  const title = isChosen ? `Versions ${left} and ${right}` : "Compare versions";
  return (
    <Page
      title={title}
      crumbs={[
        { label: "Projects", to: "/projects" },
        { label: project, to: `/projects/${project}` },
        { label: model, to: `/projects/${project}/models/${encodeURIComponent(model)}` },
        { label: title },
      ]}
      subtitle={`Two versions of ${model} beside each other`}
      actions={
        isChosen ? (
          <>
            <Switch
              size="xs"
              label="only what differs"
              checked={!all}
              onChange={(event) =>
                void navigate({
                  search: { left, right, ...(event.currentTarget.checked ? {} : { all: true }) },
                  replace: true,
                  resetScroll: false,
                })
              }
            />
            {runs ? (
              <Button
                variant="default"
                leftSection={<IconArrowsDiff size={14} />}
                renderRoot={(props) => (
                  <Link to="/projects/$project/runs/compare" params={{ project }} search={{ ids: runs }} {...props} />
                )}
              >
                Compare their runs
              </Button>
            ) : null}
          </>
        ) : null
      }
    >
      {isChosen ? (
        <QueryView query={query} rows={12}>
          {(comparison: Comparison) => (
            <ComparisonTables project={project} comparison={comparison} showsAll={all ?? false} />
          )}
        </QueryView>
      ) : (
        <Card>
          <EmptyState
            title="No versions are chosen"
            detail={
              <Link to="/projects/$project/models/$model" params={{ project, model }} className="link">
                Choose two in the list of versions
              </Link>
            }
          />
        </Card>
      )}
    </Page>
  );
}
