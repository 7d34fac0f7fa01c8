import { Button, Skeleton, Stack, Text } from "@mantine/core";
import { ApiError } from "@pave/contract";
import { IconInbox, IconLock, IconPlugConnectedX } from "@tabler/icons-react";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { DocsLink } from "./docs-link.tsx";
import { WithCode } from "./with-code.tsx";

/** Loading, error, no permission and content of one query, the same everywhere. Old content stays while new loads. */
export function QueryView<T>({
  query,
  children,
  rows = 4,
}: {
  query: UseQueryResult<T>;
  children: (data: T) => ReactNode;
  rows?: number;
}) {
  if (query.data !== undefined) return <>{children(query.data)}</>;
  if (query.error) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  return (
    <Stack gap="xs" p={14} aria-busy="true" aria-label="loading">
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: identical grey bars have no identity
        <Skeleton key={row} height={28} radius="sm" />
      ))}
    </Stack>
  );
}

export function ErrorState({ error, onRetry }: { error: Error; onRetry?: () => void }) {
  const body = error instanceof ApiError ? error.body : undefined;
  const denied = error instanceof ApiError && (error.status === 403 || error.code === "project.not_found");
  // asked again, what is not there is still not there
  const isGone = error instanceof ApiError && error.status === 404;
  const Icon = denied ? IconLock : IconPlugConnectedX;
  return (
    <EmptyState
      icon={<Icon size={28} stroke={1.5} />}
      title={body?.message ?? "The platform does not answer"}
      detail={<WithCode text={body?.fix ?? "It may be restarting. This page tries again by itself."} />}
    >
      {body ? <DocsLink to={body.docs}>What this means</DocsLink> : null}
      {onRetry && !denied && !isGone ? (
        <Button variant="default" onClick={onRetry}>
          Try again
        </Button>
      ) : null}
    </EmptyState>
  );
}

/** Nothing here yet, and what to do about it. */
export function EmptyState({
  icon,
  title,
  detail,
  children,
}: {
  icon?: ReactNode;
  title: string;
  detail?: ReactNode;
  children?: ReactNode;
}) {
  return (
    <Stack align="center" gap={6} py={40} px="md" role="status">
      <span style={{ color: "var(--ink-soft)" }}>{icon ?? <IconInbox size={28} stroke={1.5} />}</span>
      <Text fw={600}>{title}</Text>
      {detail ? (
        <Text c="var(--ink-soft)" size="sm" ta="center" maw={520} component="div">
          {detail}
        </Text>
      ) : null}
      {children}
    </Stack>
  );
}
