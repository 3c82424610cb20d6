import { expect, test } from "vitest";
import type { Entry } from "../phone/outbox";
import type { JobRow, Plant, Receipt, Truck } from "../shared/types";
import { dueTrucks, receiptsWith, totalsOf } from "./loads";

const truck = (over: Partial<Truck>): Truck => ({
  truck_id: 1, code: "槐1", plate: null, lat: 36.7, lon: 116.9, heading_deg: 0, speed_kmh: 0, positioned_at: null,
  state: "idle", load_m3: 0, capacity_m3: 5, crew_name: null, job_id: null, ...over,
});
const plant: Plant = { id: 1, code: "北厂", name: "北厂", lat: 36.71, lon: 116.9, open_from: "00:00", open_to: "24:00", capacity_m3_day: 600 };
const receipt: Receipt = { id: 3, number: "G-3", at: "2026-11-24T06:00:00Z", plant_code: "北厂", plant_name: "北厂", truck_code: "槐1", job_id: null, volume_m3: 4.1, accepted: true, reason: "" };
const held: Entry = {
  key: "k", jobId: 0, n: 2, at: "2026-11-24T07:00:00Z",
  act: { kind: "receipt", body: { plant_code: "北厂", truck_code: "槐2", job_id: 9, volume_m3: 3, accepted: false, reason: "有油" } },
};

test("hauling trucks are due, the nearest first, with the job they pumped", () => {
  const fleet = [
    truck({ truck_id: 1, code: "远", state: "hauling", lat: 36.5 }), truck({ truck_id: 2, code: "近", state: "hauling" }),
    truck({ truck_id: 3, code: "空" }), truck({ truck_id: 4, code: "满", load_m3: 3 }), truck({ truck_id: 5, code: "干活", state: "working", load_m3: 2 }),
  ];
  const jobs = [{ id: 9, number: "J-9", state: "pumped", truck_id: 2, tank_name: "一号池" }, { id: 8, number: "J-8", state: "finished", truck_id: 2 }] as JobRow[];
  const due = dueTrucks(fleet, jobs, plant);
  expect(due.map((one) => one.truck.code)).toEqual(["近", "远", "满"]);
  expect(due[0]).toMatchObject({ jobId: 9, place: "一号池" });
});

test("a load taken without signal takes its truck off the list", () => {
  const taken: Entry = { ...held, act: { kind: "receipt", body: { plant_code: "北厂", truck_code: "槐1", job_id: null, volume_m3: 4, accepted: true, reason: "" } } };
  expect(dueTrucks([truck({ state: "hauling" })], [], plant, [taken])).toEqual([]);
});

test("totals count what was taken; what waits here is shown first", () => {
  const all = receiptsWith([receipt, { ...receipt, id: 4, plant_code: "西厂" }], [held], plant);
  expect(all.map((one) => one.truck_code)).toEqual(["槐2", "槐1"]);
  expect(totalsOf(all)).toEqual({ loads: 1, m3: 4.1, refused: 1 });
});
