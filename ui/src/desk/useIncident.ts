/** Everything the card of one place shows, read again when the stream tells of a change in it. */
import { useEffect, useRef } from "react";
import { query } from "../shared/api";
import { now } from "../shared/time";
import type { Incident, Job, JobRow, LogEntry, Proof, Ranking, Report, Table, TankDetail, Way } from "../shared/types";
import { useRemote, type Remote } from "../shared/useRemote";
import type { Row } from "./rows";
import { onEntry } from "./store";

const SETTLE_MS = 300;
const RANK_EVERY_MS = 15_000;
const LEVEL_EVERY_MS = 30_000;
const HISTORY_MS = 12 * 3_600_000;

export interface Card {
  incident: Remote<Incident>;
  reports: Report[];
  ranking: Remote<Ranking>;
  proof: Remote<Proof>;
  jobs: Remote<{ items: JobRow[] }>;
  job: Remote<Job>;
  way: Remote<Way>;
  tank: Remote<TankDetail>;
  readings: Remote<Table>;
  refresh: () => void;
}

/** Whether a log entry tells of this incident, its tank or its job. */
export function concerns(entry: LogEntry, incidentId: number | null, tankId: number | null, jobId: number | null): boolean {
  const { payload } = entry;
  if (incidentId !== null && (payload["incident_id"] === incidentId || (entry.subject_kind === "incident" && entry.subject_id === incidentId))) return true;
  if (jobId !== null && (payload["job_id"] === jobId || (entry.subject_kind === "job" && entry.subject_id === jobId))) return true;
  return tankId !== null && payload["tank_id"] === tankId;
}

function useEvery(ms: number, remote: Remote<unknown>, on: boolean): void {
  const { refresh } = remote;
  useEffect(() => {
    if (!on) return undefined;
    const timer = window.setInterval(refresh, ms);
    return () => window.clearInterval(timer);
  }, [ms, refresh, on]);
}

export function useIncident(row: Row): Card {
  const incidentId = row.incident?.id ?? null;
  const tankId = row.tankId;
  const incident = useRemote<Incident>(incidentId === null ? null : `/incidents/${incidentId}`);
  const handle = incident.data?.handle ?? row.incident?.handle ?? null;
  const choosing = incidentId !== null && handle === "open";
  const ranking = useRemote<Ranking>(choosing ? `/incidents/${incidentId}/trucks` : null);
  const proof = useRemote<Proof>(incidentId !== null && !choosing ? `/incidents/${incidentId}/proof` : null);
  const jobs = useRemote<{ items: JobRow[] }>(incidentId !== null && !choosing ? `/jobs${query({ open: false, incident_id: incidentId })}` : null);
  const mine = (jobs.data?.items ?? []).filter((one) => one.incident_id === incidentId).sort((one, other) => one.id - other.id);
  const jobId = (mine.findLast((one) => one.state !== "cancelled" && one.state !== "handed_over") ?? mine.at(-1))?.id ?? null;
  const job = useRemote<Job>(jobId === null ? null : `/jobs/${jobId}`);
  const onRoad = job.data !== null && ["accepted", "en_route"].includes(job.data.state);
  const way = useRemote<Way>(onRoad ? `/incidents/${incidentId}/route${query({ truck_id: job.data?.truck_id })}` : null);
  const calls = useRemote<{ items: Report[] }>(incidentId !== null && incident.data !== null && !incident.data.reports && incident.data.report_ids.length > 0 ? "/reports?open=true" : null);
  const tank = useRemote<TankDetail>(tankId === null ? null : `/tanks/${tankId}`);
  const since = useRef({ tankId: -1, from: "" });
  if (tankId !== null && since.current.tankId !== tankId) {
    since.current = { tankId, from: new Date(now() - HISTORY_MS).toISOString().replace(/\.\d+Z$/, "Z") };
  }
  const readings = useRemote<Table>(tankId === null || tank.data?.has_sensor === false ? null : `/tanks/${tankId}/readings${query({ from: since.current.from })}`);
  useEvery(RANK_EVERY_MS, ranking, choosing);
  useEvery(RANK_EVERY_MS, way, onRoad);
  useEvery(LEVEL_EVERY_MS, readings, tankId !== null);

  const remotes = useRef<Remote<unknown>[]>([]);
  remotes.current = [incident, proof, jobs, job];
  const refresh = useRef(() => { for (const remote of remotes.current) remote.refresh(); }).current;
  useEffect(() => {
    let timer = 0;
    const stop = onEntry((entry) => {
      if (timer || !concerns(entry, incidentId, tankId, jobId)) return;
      timer = window.setTimeout(() => {
        timer = 0;
        refresh();
      }, SETTLE_MS);
    });
    return () => {
      stop();
      window.clearTimeout(timer);
    };
  }, [incidentId, tankId, jobId, refresh]);
  const reports = incident.data?.reports ?? (calls.data?.items ?? []).filter((report) => report.incident_id === incidentId);
  return { incident, reports, ranking, proof, jobs, job, way, tank, readings, refresh };
}
