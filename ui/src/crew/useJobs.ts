/** The jobs of this truck: from the server when there is signal, else the last known ones. */
import { useCallback, useEffect, useMemo, useState } from "react";
import { get, isOffline, query } from "../shared/api";
import { readJob } from "../shared/job";
import type { Job, JobRow } from "../shared/types";
import { cache, cached } from "../phone/idb";
import { applyAll, sortJobs } from "./localJob";
import { sawTaken, setOnline, takenSoFar, unseenOfJobs, useOutbox } from "../phone/outbox";

const EVERY_MS = 5000;
export interface Jobs {
  ready: boolean;
  job: Job | null;
  waiting: number;
  error: unknown;
}

export function useJobs(truckCode: string | null): Jobs {
  const outbox = useOutbox();
  const [rows, setRows] = useState<JobRow[] | null>(null);
  const [held, setHeld] = useState<Job | null>(null);
  const [error, setError] = useState<unknown>(null);

  const read = useCallback(async () => {
    if (truckCode === null) return;
    const taken = takenSoFar();
    try {
      const { items } = await get<{ items: JobRow[] }>(`/jobs${query({ open: true, truck_code: truckCode })}`);
      setOnline(true);
      const first = sortJobs(items)[0];
      const job = first ? await readJob(first.id) : null;
      setRows(items);
      setHeld(job);
      setError(null);
      sawTaken(taken);
      await cache(`jobs:${truckCode}`, { items, job });
    } catch (failed) {
      if (isOffline(failed)) {
        setOnline(false);
        const known = await cached<{ items: JobRow[]; job: Job | null }>(`jobs:${truckCode}`);
        if (known) {
          setRows((old) => old ?? known.items);
          setHeld((old) => old ?? known.job);
        }
      }
      setError(failed);
    }
  }, [truckCode]);

  useEffect(() => {
    void read();
    const timer = window.setInterval(() => void read(), EVERY_MS);
    return () => window.clearInterval(timer);
  }, [read, outbox.taken]);

  const job = useMemo(() => (held ? applyAll(held, unseenOfJobs(outbox)) : null), [held, outbox]);
  return { ready: rows !== null, job, waiting: Math.max(0, sortJobs(rows ?? []).length - 1), error };
}
