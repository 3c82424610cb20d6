import { expect, test } from "vitest";
import type { Job, SopStep } from "../shared/types";
import { applyAll, currentStep, gasLines, gateOpen, missingPhotos, nextAct, sortJobs, type GasEntry, type Held } from "./localJob";
import { fit } from "../phone/photo";

function step(id: string, phase: string, photo: string | null = null, count = 0): SopStep {
  return { id, title_zh: id, title_en: id, rule_zh: null, rule_en: null, phase, photo_kind: photo, photo_count: count, done_at: null, needs_zh: null, needs_en: null };
}

const JOB = {
  id: 7, state: "arrived", allowed: ["gas", "block"], photos: [], volume_m3: null, receipts: [],
  sop: { version: "1", steps: [step("before", "on_site", "before", 2), step("gas", "on_site"), step("pump", "pumping", "bottom", 1), step("close", "pumped")] },
  gas: { limits: { o2_pct: [19.5, 23.5], h2s_mgm3: 10, ch4_lel: 10, co_mgm3: 20 }, tests: [], cleared: false, lock_zh: "还没测气", lock_en: "", todo: [] },
} as unknown as Job;

const ENTRY: GasEntry = {
  readings: { o2_pct: 20.4, h2s_mgm3: 3, ch4_lel: 2, co_mgm3: 4 }, instrument: "GX-0318", tested_by: "刘海燕",
  attendant: "张伟", rescue_kit: true, ventilation_min: 15, where: "池中",
};

let next = 0;
function held(act: Held["act"], jobId = 7): Held {
  return { key: `k${next++}`, jobId, at: "2026-11-24T06:30:00Z", act };
}
const photo = (kind: string) => held({ kind: "photo", photo: kind, taken_at: "2026-11-24T06:30:00Z" });

test("a step waits for all its photos, also for those still on the phone", () => {
  expect(nextAct(JOB)).toMatchObject({ do: "photo", missing: 2 });
  const one = applyAll(JOB, [photo("before")]);
  expect(missingPhotos(one, JOB.sop.steps[0]!)).toBe(1);
  expect(nextAct(applyAll(JOB, [photo("before"), photo("before")]))).toMatchObject({ do: "step" });
});

test("a whole job can be walked without signal, and only through the gas gate", () => {
  const acts: Held[] = [photo("before"), photo("before"), held({ kind: "step", step: "before" })];
  expect(nextAct(applyAll(JOB, acts))).toEqual({ do: "gas" });
  acts.push(held({ kind: "gas", entry: { ...ENTRY, readings: { ...ENTRY.readings, h2s_mgm3: 18 } } }));
  expect(applyAll(JOB, acts).gas.cleared).toBe(false);
  expect(nextAct(applyAll(JOB, acts))).toEqual({ do: "gas" });
  acts.push(held({ kind: "gas", entry: ENTRY }), held({ kind: "step", step: "gas" }));
  expect(nextAct(applyAll(JOB, acts))).toEqual({ do: "command", command: "start-pumping" });
  acts.push(held({ kind: "command", command: "start-pumping", body: {} }), photo("bottom"), held({ kind: "step", step: "pump" }));
  expect(nextAct(applyAll(JOB, acts))).toEqual({ do: "volume" });
  acts.push(held({ kind: "command", command: "finish-pumping", body: { volume_m3: 5.2 } }), held({ kind: "step", step: "close" }));
  const walked = applyAll(JOB, acts);
  expect(walked.volume_m3).toBe(5.2);
  expect(currentStep(walked)).toBeNull();
  expect(nextAct(walked)).toEqual({ do: "command", command: "finish" });
});

test("acts of another job change nothing", () => {
  expect(applyAll(JOB, [held({ kind: "command", command: "finish", body: {} }, 8)])).toEqual(JOB);
});

test("gas cells say which reading is over and leave a missing one open", () => {
  const lines = gasLines({ o2_pct: 18, h2s_mgm3: 18 }, JOB.gas.limits);
  expect(lines.map((line) => [line.name, line.bad])).toEqual([["o2", true], ["h2s", true], ["ch4", false], ["co", false]]);
  expect(lines[1]?.bar).toBe(90);
  expect(lines[2]?.value).toBeNull();
});

test("a test without an attendant or rescue kit does not open the gate", () => {
  const gas = (entry: GasEntry) => applyAll(JOB, [held({ kind: "gas", entry })]).gas.cleared;
  expect(gas(ENTRY)).toBe(true);
  expect(gas({ ...ENTRY, attendant: " " })).toBe(false);
  expect(gas({ ...ENTRY, rescue_kit: false })).toBe(false);
});

test("a test made without signal opens the pump for its time only", () => {
  const at = Date.parse("2026-11-24T06:30:00Z");
  const tested = applyAll(JOB, [held({ kind: "gas", entry: ENTRY })]);
  expect(gateOpen(tested, at + 29 * 60_000)).toBe(true);
  expect(gateOpen(tested, at + 31 * 60_000)).toBe(false);
  const walked = applyAll(JOB, [photo("before"), photo("before"), held({ kind: "step", step: "before" }), held({ kind: "gas", entry: ENTRY }), held({ kind: "step", step: "gas" })]);
  expect(nextAct(walked, at + 31 * 60_000)).toEqual({ do: "gas" });
  expect(nextAct(walked, at + 60_000)).toEqual({ do: "command", command: "start-pumping" });
});

test("photos shrink to 1600 px and are never blown up", () => {
  expect(fit(4000, 3000)).toEqual({ width: 1600, height: 1200 });
  expect(fit(800, 600)).toEqual({ width: 800, height: 600 });
});

test("a job under way stands before one that waits, ended ones are gone", () => {
  const jobs = [{ state: "offered", grade: 1 }, { state: "pumping", grade: 3 }, { state: "finished", grade: 1 }];
  expect(sortJobs(jobs).map((job) => job.state)).toEqual(["pumping", "offered"]);
});
