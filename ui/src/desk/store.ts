/** The live store of the control room: first reads, then the stream; screens subscribe to slices. */
import { useSyncExternalStore } from "react";
import { get } from "../shared/api";
import { refreshMeta } from "../shared/session";
import { openStream, type SseEvent, type Stream } from "../shared/sse";
import { now, nudgeClock } from "../shared/time";
import type { Alarm, IncidentRow, JobRow, LogEntry, Roads, Table, Truck } from "../shared/types";
import { applyEntry, applyPositions, applyReadings, EMPTY, records, type DeskState, type Stale, type Tank } from "./state";

export const SILENT_MS = 10_000;
const REFETCH_MS = 1_000;

/** A sentence, or a process with its sentence in both languages. */
export type Trouble = string | { process: string; zh?: string; en?: string };

export interface Live {
  state: DeskState;
  ready: boolean;
  failed: unknown;
  roads: Roads | null;
  /** Processes that stopped or fell behind, as the last beat told. */
  trouble: Trouble[];
  /** Wall time of the last byte from the server, and the product time it showed then. */
  aliveWall: number;
  aliveAt: number;
}

let live: Live = {
  state: EMPTY, ready: false, failed: null, roads: null, trouble: [], aliveWall: Date.now(), aliveAt: now(),
};
const listeners = new Set<() => void>();
const entryListeners = new Set<(entry: LogEntry) => void>();
let stream: Stream | null = null;
let frame = 0;
let refetchTimer = 0;
const stale = new Set<Stale>();

/** Many events in one frame make one render. */
function publish(): void {
  if (frame) return;
  frame = window.setTimeout(() => {
    frame = 0;
    for (const listener of listeners) listener();
  }, 100);
}

function setState(state: DeskState): void {
  live = { ...live, state };
  publish();
}

export function useLive(): Live {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => live,
  );
}

export function liveState(): DeskState {
  return live.state;
}

/** Cards that show more than the lists listen to single entries. */
export function onEntry(listener: (entry: LogEntry) => void): () => void {
  entryListeners.add(listener);
  return () => entryListeners.delete(listener);
}

function byId<T>(items: T[], id: (item: T) => number): Map<number, T> {
  return new Map(items.map((item) => [id(item), item]));
}

const READERS: Record<Stale, () => Promise<void>> = {
  alarms: async () => {
    const { items } = await get<{ items: Alarm[] }>("/alarms?state=standing");
    setState({ ...live.state, alarms: byId(items, (alarm) => alarm.id) });
  },
  incidents: async () => {
    const { items } = await get<{ items: IncidentRow[] }>("/incidents?open=true");
    setState({ ...live.state, incidents: byId(items, (incident) => incident.id) });
  },
  fleet: async () => {
    const { items } = await get<{ items: Truck[] }>("/fleet");
    setState({ ...live.state, trucks: byId(items, (truck) => truck.truck_id) });
  },
  jobs: async () => {
    const { items } = await get<{ items: JobRow[] }>("/jobs?open=true");
    setState({ ...live.state, jobs: byId(items, (job) => job.id) });
  },
};

export function refetch(...lists: Stale[]): void {
  for (const list of lists) stale.add(list);
  if (refetchTimer || stale.size === 0) return;
  refetchTimer = window.setTimeout(() => {
    refetchTimer = 0;
    const due = [...stale];
    stale.clear();
    for (const list of due) {
      // A failed read is tried again with the next event; the stale banner tells of a dead server.
      READERS[list]().catch(() => undefined);
    }
  }, REFETCH_MS);
}

async function readTanks(): Promise<void> {
  const [tanks, offices, states] = await Promise.all([
    get<Table>("/tanks"),
    get<{ items: { id: number; name: string }[] }>("/offices"),
    get<Table>("/tank-states"),
  ]);
  const map = new Map<number, Tank>();
  for (const row of records(tanks)) {
    const id = Number(row["id"]);
    map.set(id, {
      id, code: String(row["code"]), name: String(row["name"]), lat: Number(row["lat"]), lon: Number(row["lon"]),
      office_id: row["office_id"] === null ? null : Number(row["office_id"]),
      cover_m: row["cover_m"] === null ? null : Number(row["cover_m"]),
      has_sensor: row["has_sensor"] === true || row["has_sensor"] === 1,
    });
  }
  const named = new Map(offices.items.map((office) => [office.id, office.name]));
  setState(applyReadings({ ...live.state, tanks: map, offices: named }, states));
}

export async function loadAll(): Promise<void> {
  live = { ...live, failed: null };
  publish();
  try {
    await Promise.all([readTanks(), ...Object.values(READERS).map((read) => read())]);
    live = { ...live, ready: true };
  } catch (failed) {
    live = { ...live, failed };
  }
  publish();
  if (!live.roads) {
    try {
      live = { ...live, roads: await get<Roads>("/roads") };
    } catch {
      // Without streets the map still shows tanks, alarms and trucks at their places.
      live = { ...live, roads: { lines: [], classes: [] } };
    }
    publish();
  }
}

function onEvents(events: SseEvent[]): void {
  let state = live.state;
  for (const event of events) {
    const data = JSON.parse(event.data) as unknown;
    if (event.event === "log") {
      const entry = data as LogEntry;
      state = applyEntry(state, entry, stale);
      for (const listener of entryListeners) listener(entry);
    } else if (event.event === "readings") state = applyReadings(state, data as Table);
    else if (event.event === "positions") state = applyPositions(state, data as Table);
    else if (event.event === "hello" || event.event === "beat") {
      const beat = data as { now: string; trouble?: Trouble[] | null };
      nudgeClock(beat.now);
      // An older server says nothing of its processes; then nothing is shown.
      live = { ...live, trouble: Array.isArray(beat.trouble) ? beat.trouble : [] };
    }
  }
  setState(state);
  refetch();
}

export function startLive(): () => void {
  void loadAll();
  stream = openStream({
    url: "/api/v1/stream",
    onEvents,
    onAlive: () => { live = { ...live, aliveWall: Date.now(), aliveAt: now() }; publish(); },
    onReopened: () => { void refreshMeta().catch(() => undefined); void loadAll(); },
  });
  return () => stream?.stop();
}

export function reconnect(): void {
  stream?.reconnect();
  void loadAll();
}
