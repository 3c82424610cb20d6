/** Rows of the watch list: one per place, alarms and calls together, the most urgent first. */
import type { Alarm, Grade, IncidentRow } from "../shared/types";
import type { DeskState } from "./state";

export type RowTab = "new" | "seen" | "shelved" | "all";

export interface Row {
  key: string;
  grade: Grade;
  alarm: Alarm | null;
  incident: IncidentRow | null;
  tankId: number | null;
  place: string;
  office: string;
  tab: Exclude<RowTab, "all">;
  returned: boolean;
  overflowing: boolean;
  filled: number | null;
  freeboard: number | null;
}

const PERSON_KINDS = new Set(["level", "gas", "lid"]);

/** Comms loss and sensor faults are work for the station, not grades: they go to the foot line. */
export function isForOperator(alarm: Alarm): boolean {
  return PERSON_KINDS.has(alarm.kind);
}

function worse(a: Alarm, b: Alarm): Alarm {
  const unseen = (alarm: Alarm) => (alarm.process === "active_acknowledged" ? 1 : 0);
  if (a.grade !== b.grade) return (a.grade || 9) < (b.grade || 9) ? a : b;
  return unseen(a) <= unseen(b) ? a : b;
}

function tabOf(alarm: Alarm | null): Row["tab"] {
  if (!alarm) return "seen";
  if (alarm.suppression === "shelved") return "shelved";
  return alarm.process.endsWith("_unacknowledged") && alarm.suppression === "none" ? "new" : "seen";
}

function toRow(state: DeskState, alarm: Alarm | null, incident: IncidentRow | null): Row {
  const tankId = alarm?.tank_id ?? incident?.tank_id ?? null;
  const tank = tankId === null ? undefined : state.tanks.get(tankId);
  const reading = tankId === null ? undefined : state.states.get(tankId);
  const freeboard = reading?.freeboard_m ?? alarm?.freeboard_m ?? null;
  const cover = tank?.cover_m ?? null;
  const returned = alarm?.process === "returned_unacknowledged";
  return {
    key: incident ? `i${incident.id}` : `a${alarm?.id ?? 0}`,
    grade: alarm && !returned ? alarm.grade : (incident?.grade ?? alarm?.grade ?? 0),
    alarm, incident, tankId,
    place: alarm?.tank_name ?? incident?.tank_name ?? incident?.community_name ?? incident?.number ?? "",
    office: alarm?.office_name ?? incident?.office_name ?? "",
    tab: tabOf(alarm),
    returned,
    // What rounds to 0 cm stands at the cover.
    overflowing: freeboard !== null && Math.round(freeboard * 100) <= 0,
    freeboard,
    filled: freeboard === null || !cover ? null : 1 - freeboard / cover,
  };
}

function due(row: Row): number {
  const clock = row.incident?.next_due_at ?? row.alarm?.overflow_at ?? null;
  return clock === null ? Number.MAX_SAFE_INTEGER : Date.parse(clock);
}

/** Grade first (红 before 蓝), then the earliest due time, then the oldest. */
export function compareRows(a: Row, b: Row): number {
  const grade = (a.grade || 9) - (b.grade || 9);
  if (grade !== 0) return grade;
  const byDue = due(a) - due(b);
  if (byDue !== 0) return byDue;
  const started = (row: Row) => Date.parse(row.incident?.opened_at ?? row.alarm?.raised_at ?? "") || 0;
  return started(a) - started(b);
}

export function buildRows(state: DeskState): Row[] {
  const byTank = new Map<number, Alarm>();
  for (const alarm of state.alarms.values()) {
    if (!isForOperator(alarm) || alarm.suppression === "out_of_service") continue;
    const held = byTank.get(alarm.tank_id);
    byTank.set(alarm.tank_id, held ? worse(held, alarm) : alarm);
  }
  const rows: Row[] = [];
  const used = new Set<number>();
  for (const incident of state.incidents.values()) {
    if (incident.status === "closed") continue;
    const alarm = incident.tank_id === null ? undefined : byTank.get(incident.tank_id);
    if (alarm && !used.has(alarm.tank_id)) {
      used.add(alarm.tank_id);
      rows.push(toRow(state, alarm, incident));
    } else if (!alarm) rows.push(toRow(state, null, incident));
  }
  for (const alarm of byTank.values()) {
    if (!used.has(alarm.tank_id)) rows.push(toRow(state, alarm, null));
  }
  return rows.sort(compareRows);
}

export function inTab(row: Row, tab: RowTab): boolean {
  return tab === "all" || row.tab === tab;
}

export interface Counts {
  new: number;
  seen: number;
  shelved: number;
  all: number;
  grades: [number, number, number, number];
}

export function countRows(rows: Row[]): Counts {
  const counts: Counts = { new: 0, seen: 0, shelved: 0, all: rows.length, grades: [0, 0, 0, 0] };
  for (const row of rows) {
    counts[row.tab] += 1;
    if (row.grade > 0) counts.grades[row.grade - 1] = (counts.grades[row.grade - 1] ?? 0) + 1;
  }
  return counts;
}
