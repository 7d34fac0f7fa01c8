import { Button } from "@mantine/core";
import { IconRoadOff } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { Page } from "../../ui/page.tsx";
import { EmptyState } from "../../ui/query-view.tsx";

export function NotFoundPage() {
  return (
    <Page title="Not found">
      <EmptyState
        icon={<IconRoadOff size={28} stroke={1.5} />}
        title="No road leads here"
        detail="The link may be old or mistyped, or the thing it led to is gone."
      >
        <Button component={Link} to="/" variant="default">
          Home
        </Button>
      </EmptyState>
    </Page>
  );
}
