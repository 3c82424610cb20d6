/** What the control room knows, and how stream events change it: pure, so that it can be tested. */
import type { Alarm, Grade, IncidentRow, JobRow, LogEntry, Table, Truck, TruckState } from "../shared/types";

export interface Tank {
  id: number;
  code: string;
  name: string;
  lat: number;
  lon: number;
  office_id: number | null;
  cover_m: number | null;
  has_sensor: boolean;
}

export interface TankState {
  level_m: number | null;
  freeboard_m: number | null;
  measured_at: string | null;
}

export interface DeskState {
  tanks: Map<number, Tank>;
  offices: Map<number, string>;
  states: Map<number, TankState>;
  alarms: Map<number, Alarm>;
  incidents: Map<number, IncidentRow>;
  trucks: Map<number, Truck>;
  jobs: Map<number, JobRow>;
}

export const EMPTY: DeskState = {
  tanks: new Map(), offices: new Map(), states: new Map(), alarms: new Map(),
  incidents: new Map(), trucks: new Map(), jobs: new Map(),
};

/** Lists that an event leaves out of date and that must be read again. */
export type Stale = "alarms" | "incidents" | "fleet" | "jobs";

export interface Change {
  state: DeskState;
  stale: Set<Stale>;
}

function num(value: unknown): number | null {
  return typeof value === "number" ? value : null;
}

function str(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

/** Rows of a columnar answer as objects keyed by column name. */
export function records(table: Table): Record<string, string | number | boolean | null>[] {
  return table.rows.map((row) => {
    const record: Record<string, string | number | boolean | null> = {};
    table.columns.forEach((column, index) => { record[column] = row[index] ?? null; });
    return record;
  });
}

function patchAlarm(alarm: Alarm, entry: LogEntry): Alarm | null {
  const { payload } = entry;
  switch (entry.kind) {
    case "alarm.acknowledged":
      return alarm.process === "returned_unacknowledged"
        ? null
        : { ...alarm, process: "active_acknowledged", acknowledged_at: entry.at, acknowledged_by: entry.actor };
    case "alarm.returned":
      return alarm.process === "active_acknowledged"
        ? null
        : { ...alarm, process: "returned_unacknowledged", returned_at: entry.at };
    case "alarm.regraded":
      return {
        ...alarm, grade: (num(payload["grade"]) ?? alarm.grade) as Grade, regraded_at: entry.at,
        reason_zh: str(payload["reason_zh"]) ?? alarm.reason_zh,
        reason_en: str(payload["reason_en"]) ?? alarm.reason_en,
      };
    case "alarm.shelved":
      return { ...alarm, suppression: "shelved", shelved_until: str(payload["until"]) };
    case "alarm.unshelved":
    case "alarm.unsuppressed":
      return { ...alarm, suppression: "none", shelved_until: null };
    case "alarm.closed":
      return null;
    default:
      return alarm;
  }
}

function onAlarm(state: DeskState, entry: LogEntry, stale: Set<Stale>): DeskState {
  stale.add("alarms");
  const alarm = state.alarms.get(entry.subject_id);
  if (!alarm) return state;
  const alarms = new Map(state.alarms);
  const patched = patchAlarm(alarm, entry);
  if (patched) alarms.set(alarm.id, patched);
  else alarms.delete(alarm.id);
  return { ...state, alarms };
}

function onIncident(state: DeskState, entry: LogEntry, stale: Set<Stale>): DeskState {
  stale.add("incidents");
  const incident = state.incidents.get(entry.subject_id);
  if (!incident) return state;
  const incidents = new Map(state.incidents);
  if (entry.kind === "incident.closed") incidents.delete(incident.id);
  else if (entry.kind === "incident.regraded") {
    incidents.set(incident.id, { ...incident, grade: (num(entry.payload["grade"]) ?? incident.grade) as Grade });
  } else if (entry.kind === "incident.advanced") {
    const track = str(entry.payload["track"]);
    const to = str(entry.payload["to"]);
    if (to && (track === "handle" || track === "coordinate" || track === "regularise")) {
      incidents.set(incident.id, { ...incident, [track]: to });
    }
  }
  return { ...state, incidents };
}

function onTruck(state: DeskState, entry: LogEntry, stale: Set<Stale>): DeskState {
  const truck = state.trucks.get(entry.subject_id);
  if (!truck) {
    stale.add("fleet");
    return state;
  }
  const trucks = new Map(state.trucks);
  if (entry.kind === "truck.state_changed") {
    trucks.set(truck.truck_id, {
      ...truck,
      state: (str(entry.payload["to"]) ?? truck.state) as TruckState,
      load_m3: num(entry.payload["load_m3"]) ?? truck.load_m3,
    });
  } else if (entry.kind === "truck.lost") trucks.set(truck.truck_id, { ...truck, state: "offline" });
  else stale.add("fleet");
  return { ...state, trucks };
}

function onJob(state: DeskState, entry: LogEntry, stale: Set<Stale>): DeskState {
  stale.add("jobs");
  const job = state.jobs.get(entry.subject_id);
  const to = str(entry.payload["to"]);
  if (!job || entry.kind !== "job.advanced" || !to) return state;
  const jobs = new Map(state.jobs);
  jobs.set(job.id, { ...job, state: to });
  return { ...state, jobs };
}

/** One entry of the event log. */
export function applyEntry(state: DeskState, entry: LogEntry, stale: Set<Stale>): DeskState {
  if (entry.kind.startsWith("alarm.")) return onAlarm(state, entry, stale);
  if (entry.kind.startsWith("incident.")) return onIncident(state, entry, stale);
  if (entry.kind.startsWith("truck.")) return onTruck(state, entry, stale);
  if (entry.kind.startsWith("job.") || entry.kind.startsWith("dispatch.")) return onJob(state, entry, stale);
  if (entry.kind.startsWith("report.")) stale.add("incidents");
  return state;
}

export function applyReadings(state: DeskState, table: Table): DeskState {
  const states = new Map(state.states);
  for (const row of records(table)) {
    const tank = num(row["tank_id"]);
    if (tank === null) continue;
    states.set(tank, {
      level_m: num(row["level_m"]), freeboard_m: num(row["freeboard_m"]), measured_at: str(row["measured_at"]),
    });
  }
  return { ...state, states };
}

export function applyPositions(state: DeskState, table: Table): DeskState {
  const trucks = new Map(state.trucks);
  for (const row of records(table)) {
    const id = num(row["truck_id"]);
    const truck = id === null ? undefined : trucks.get(id);
    if (!truck) continue;
    trucks.set(truck.truck_id, {
      ...truck, lat: num(row["lat"]), lon: num(row["lon"]), heading_deg: num(row["heading_deg"]),
      speed_kmh: num(row["speed_kmh"]), positioned_at: str(row["positioned_at"]),
    });
  }
  return { ...state, trucks };
}
