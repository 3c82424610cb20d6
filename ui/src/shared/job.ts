/** Reads one job; a job without a tank gets a place from its incident so that every screen can name it. */
import { get } from "./api";
import type { Job } from "./types";

type Sent = Omit<Job, "tank"> & { tank: Job["tank"] | null };

export function placed(sent: Sent): Job {
  const tank = sent.tank ?? {
    id: 0, code: "", name: sent.community_name ?? sent.office_name ?? sent.number, address: sent.office_name ?? null,
    lat: sent.lat ?? 0, lon: sent.lon ?? 0, volume_m3: null, chambers: null, access_width_m: null, hose_distance_m: null,
    lid_position: null, gas_history: null, freeboard_m: null, level_m: null,
  };
  return { ...sent, tank };
}

export async function readJob(id: number): Promise<Job> {
  return placed(await get<Sent>(`/jobs/${id}`));
}
