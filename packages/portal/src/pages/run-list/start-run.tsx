import { Button, Menu } from "@mantine/core";
import { topics } from "@pave/contract";
import { IconPlayerPlay } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { useDenied } from "../../app/use-may.ts";
import { api } from "../../lib/api.ts";
import { GuardedButton } from "../../ui/guarded-button.tsx";
import { useAction } from "../../ui/use-action.ts";
import { useProjectQuery } from "../project/use-project-query.ts";

/** Runs a pipeline of the newest revision, and goes where it can be watched. */
export function StartRun({ project }: { project: string }) {
  const query = useProjectQuery(project);
  const denied = useDenied(project, "run.start");
  const navigate = useNavigate();
  const start = useAction({
    act: (pipeline: string) => api.startRun({ params: { project }, body: { pipeline } }),
    topics: [topics.project(project), topics.home],
  });
  const run = async (pipeline: string) => {
    const made = await start.mutateAsync(pipeline).catch(() => undefined);
    if (made) await navigate({ to: "/projects/$project/runs/$run", params: { project, run: String(made.number) } });
  };
  const pipelines = query.data?.pipelines ?? [];
  const [first] = pipelines;
  const blocked = denied ?? (first === undefined ? "The newest revision has no pipeline to run." : null);
  const icon = <IconPlayerPlay size={14} />;
  if (!query.data) return null;
  if (blocked !== null || pipelines.length < 2)
    return (
      <GuardedButton
        leftSection={icon}
        blocked={blocked}
        loading={start.isPending}
        onClick={() => void run(first ?? "")}
      >
        {first === undefined ? "Run" : `Run ${first}`}
      </GuardedButton>
    );
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button leftSection={icon} loading={start.isPending}>
          Run…
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {pipelines.map((pipeline) => (
          <Menu.Item key={pipeline} onClick={() => void run(pipeline)}>
            {pipeline}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
