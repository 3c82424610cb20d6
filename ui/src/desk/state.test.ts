import { expect, test } from "vitest";
import type { Alarm, IncidentRow, LogEntry, Truck } from "../shared/types";
import { buildRows, compareRows, countRows } from "./rows";
import { applyEntry, applyPositions, applyReadings, EMPTY, type DeskState, type Stale } from "./state";

function alarm(change: Partial<Alarm>): Alarm {
  return {
    id: 1, number: "A1", kind: "level", tank_id: 1, tank_name: "裕园社区 3号楼北", office_name: "中大槐树", grade: 1,
    process: "active_unacknowledged", suppression: "none", shelved_until: null, raised_at: "2026-11-24T06:00:00Z",
    regraded_at: null, returned_at: null, acknowledged_at: null, acknowledged_by: null, reason_zh: "", reason_en: "",
    level_m: 2, freeboard_m: 0.14, overflow_at: null, overflow_from: null, overflow_to: null, ...change,
  };
}

function incident(change: Partial<IncidentRow>): IncidentRow {
  return {
    id: 10, number: "S1", grade: 1, tank_id: 1, tank_name: "裕园社区 3号楼北", tank_code: "槐11-0427", office_name: "中大槐树",
    community_name: null, lat: 36.6, lon: 117, opened_at: "2026-11-24T06:10:00Z", status: "open", handle: "open",
    coordinate: "not_started", regularise: "not_started", callers: 0, alarm_ids: [1], report_ids: [],
    next_due_at: "2026-11-24T08:00:00Z", next_due_clock: "arrive", overdue: false, recurrence_of: null, ...change,
  };
}

function entry(kind: string, subjectId: number, payload: Record<string, unknown> = {}): LogEntry {
  return { seq: 1, at: "2026-11-24T06:30:00Z", kind, subject_kind: kind.split(".")[0] ?? "", subject_id: subjectId, actor: "account:1", payload };
}

function apply(state: DeskState, ...entries: LogEntry[]): { state: DeskState; stale: Set<Stale> } {
  const stale = new Set<Stale>();
  return { state: entries.reduce((held, one) => applyEntry(held, one, stale), state), stale };
}

const WITH_ALARM: DeskState = { ...EMPTY, alarms: new Map([[1, alarm({})]]), incidents: new Map([[10, incident({})]]) };

test("an acknowledged alarm stays, one that also fell back goes", () => {
  const seen = apply(WITH_ALARM, entry("alarm.acknowledged", 1)).state;
  expect(seen.alarms.get(1)?.process).toBe("active_acknowledged");
  expect(apply(seen, entry("alarm.returned", 1)).state.alarms.has(1)).toBe(false);
});

test("a cleared but unacknowledged alarm stays in the list", () => {
  const { state } = apply(WITH_ALARM, entry("alarm.returned", 1));
  expect(state.alarms.get(1)?.process).toBe("returned_unacknowledged");
  expect(buildRows(state)[0]?.tab).toBe("new");
});

test("a new alarm makes the list stale", () => {
  expect(apply(EMPTY, entry("alarm.raised", 5, { grade: 2 })).stale).toEqual(new Set(["alarms"]));
});

test("tracks advance and closed incidents leave", () => {
  const { state } = apply(WITH_ALARM, entry("incident.advanced", 10, { track: "handle", from: "open", to: "assigned" }));
  expect(state.incidents.get(10)?.handle).toBe("assigned");
  expect(apply(state, entry("incident.closed", 10)).state.incidents.size).toBe(0);
});

test("readings and positions change only what they name", () => {
  const truck = { truck_id: 3, code: "槐2", state: "idle", lat: 1, lon: 2 } as Truck;
  const state = applyPositions({ ...WITH_ALARM, trucks: new Map([[3, truck]]) }, {
    columns: ["truck_id", "lat", "lon", "heading_deg", "speed_kmh", "positioned_at"], rows: [[3, 36.6, 117, 90, 20, "2026-11-24T06:30:00Z"], [9, 1, 1, 0, 0, null]],
  });
  expect(state.trucks.size).toBe(1);
  expect(state.trucks.get(3)?.lat).toBe(36.6);
  const read = applyReadings(state, { columns: ["tank_id", "level_m", "freeboard_m", "measured_at", "quality"], rows: [[1, 2.2, -0.02, "2026-11-24T06:30:00Z", 0]] });
  expect(buildRows(read)[0]?.overflowing).toBe(true);
});

test("one place is one row: the incident takes the worst alarm of its tank", () => {
  const alarms = new Map([[1, alarm({})], [2, alarm({ id: 2, kind: "gas", grade: 2 })]]);
  const rows = buildRows({ ...WITH_ALARM, alarms });
  expect(rows.map((row) => [row.key, row.alarm?.id])).toEqual([["i10", 1]]);
});

test("comms and fault alarms are no rows, calls without alarm are", () => {
  const alarms = new Map([[3, alarm({ id: 3, kind: "comms", grade: 4 })]]);
  const incidents = new Map([[11, incident({ id: 11, tank_id: null, callers: 2, alarm_ids: [] })]]);
  expect(buildRows({ ...EMPTY, alarms, incidents }).map((row) => row.key)).toEqual(["i11"]);
});

test("rows sort by grade, then by due time", () => {
  const alarms = new Map([
    [1, alarm({ id: 1, tank_id: 1, grade: 3 })], [2, alarm({ id: 2, tank_id: 2, grade: 1, overflow_at: "2026-11-24T12:00:00Z" })],
    [3, alarm({ id: 3, tank_id: 3, grade: 1, overflow_at: "2026-11-24T09:00:00Z" })],
  ]);
  const rows = buildRows({ ...EMPTY, alarms });
  expect(rows.map((row) => row.alarm?.id)).toEqual([3, 2, 1]);
  expect([...rows].reverse().sort(compareRows)).toEqual(rows);
  expect(countRows(rows)).toEqual({ new: 3, seen: 0, shelved: 0, all: 3, grades: [2, 0, 1, 0] });
});
