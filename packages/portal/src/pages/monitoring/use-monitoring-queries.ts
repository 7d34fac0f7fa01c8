import { topics } from "@pave/contract";
import { useQuery } from "@tanstack/react-query";
import { api } from "../../lib/api.ts";

export interface MonitorKey {
  readonly project: string;
  readonly environment: string;
  readonly deployment: string;
}

export const useMonitorsQuery = (project: string) =>
  useQuery({
    queryKey: [topics.monitoring(project), "monitors"],
    queryFn: () => api.listMonitors({ params: { project } }),
    refetchInterval: 10_000,
  });

export const useAlertsQuery = (project: string, state: "unresolved" | "all") =>
  useQuery({
    queryKey: [topics.monitoring(project), "alerts", state],
    queryFn: () => api.listAlerts({ params: { project }, query: { state } }),
    refetchInterval: 10_000,
  });

export const useMonitorQuery = ({ project, environment, deployment }: MonitorKey) =>
  useQuery({
    queryKey: [topics.monitoring(project), environment, deployment],
    queryFn: () => api.getMonitor({ params: { project, environment, deployment } }),
    refetchInterval: 10_000,
  });

export const useAlertQuery = (project: string, alert: number) =>
  useQuery({
    queryKey: [topics.monitoring(project), "alert", alert],
    queryFn: () => api.getAlert({ params: { project, alert } }),
    refetchInterval: 10_000,
  });
