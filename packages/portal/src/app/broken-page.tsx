import { Button } from "@mantine/core";
import { IconBug } from "@tabler/icons-react";
import { type ErrorComponentProps, useRouter } from "@tanstack/react-router";
import { Page } from "../ui/page.tsx";
import { EmptyState } from "../ui/query-view.tsx";

/** In place of a page that could not be drawn; the frame around it stays, so that one can go on from there. */
export function BrokenPage({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  return (
    <Page title="This page could not be drawn">
      <EmptyState
        icon={<IconBug size={28} stroke={1.5} />}
        title="That is a mistake of the portal, not yours"
        detail={`Nothing was lost. Whoever runs this platform can use these words: ${error instanceof Error ? error.message : String(error)}`}
      >
        <Button
          variant="default"
          onClick={() => {
            reset();
            void router.invalidate();
          }}
        >
          Try again
        </Button>
      </EmptyState>
    </Page>
  );
}
