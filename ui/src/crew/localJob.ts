/** What a job looks like with the acts the phone still holds: pure, the same words as the server. */
import type { GasLimits, GasReadings, Job, SopStep } from "../shared/types";

export interface GasEntry {
  readings: GasReadings;
  instrument: string;
  tested_by: string;
  ventilation_min: number;
  attendant: string;
  rescue_kit: boolean;
  where: string;
}

export type Act =
  | { kind: "command"; command: string; body: { volume_m3?: number; reason?: string; note?: string } }
  | { kind: "gas"; entry: GasEntry }
  | { kind: "step"; step: string }
  | { kind: "photo"; photo: string; taken_at: string };

export interface Held {
  key: string;
  jobId: number;
  at: string;
  act: Act;
}

const AFTER: Record<string, string> = {
  accept: "accepted", depart: "en_route", arrive: "arrived", "start-pumping": "pumping",
  "finish-pumping": "pumped", finish: "finished", block: "blocked", unblock: "arrived", "hand-over": "handed_over",
};

const ALLOWED: Record<string, string[]> = {
  offered: ["accept"],
  accepted: ["depart", "block"],
  en_route: ["arrive", "block"],
  arrived: ["gas", "block"],
  gas_cleared: ["start-pumping", "gas", "block"],
  pumping: ["finish-pumping", "gas", "block"],
  pumped: ["finish", "block"],
  disposed: ["finish"],
  blocked: ["unblock"],
};

/** Minutes a passed test stays good where the station did not say. */
const VALID_MIN = 30;

/** Whether the pump may start now: a passed test that is still good. */
export function gateOpen(job: Job, nowMs: number): boolean {
  const until = job.gas.valid_until ? Date.parse(job.gas.valid_until) : Infinity;
  return job.gas.cleared && nowMs < until && job.allowed.includes("start-pumping");
}

export type GasName = "o2" | "h2s" | "ch4" | "co";

export interface GasLine {
  name: GasName;
  value: number | null;
  unit: string;
  low: number | null;
  high: number;
  bad: boolean;
  /** Where the value and the limits stand on the bar, 0 to 100. */
  bar: number;
  ticks: number[];
}

function clamp(value: number): number {
  return Math.min(100, Math.max(0, value));
}

/** The four cells of the gate; a missing reading is neither within nor over. */
export function gasLines(readings: Partial<GasReadings> | null, limits: GasLimits): GasLine[] {
  const upper = (name: GasName, value: number | undefined, high: number, unit: string): GasLine => ({
    name, value: value ?? null, unit, low: null, high, bad: value !== undefined && value > high,
    bar: clamp(((value ?? 0) / high) * 50), ticks: [50],
  });
  const [low, high] = limits.o2_pct;
  const place = (value: number) => clamp(((value - 15) / 11) * 100);
  const o2 = readings?.o2_pct;
  return [
    { name: "o2", value: o2 ?? null, unit: "%", low, high, bad: o2 !== undefined && (o2 < low || o2 > high), bar: o2 === undefined ? 0 : place(o2), ticks: [place(low), place(high)] },
    upper("h2s", readings?.h2s_mgm3, limits.h2s_mgm3, "mg/m³"),
    upper("ch4", readings?.ch4_lel, limits.ch4_lel, "%"),
    upper("co", readings?.co_mgm3, limits.co_mgm3, "mg/m³"),
  ];
}

/** The phone's own reading of the gate while there is no signal; the server judges again. */
export function gasPasses(entry: GasEntry, limits: GasLimits): boolean {
  return !gasLines(entry.readings, limits).some((line) => line.bad) && entry.rescue_kit && entry.attendant.trim() !== "" && entry.instrument.trim() !== "";
}

function withState(job: Job, state: string): Job {
  return { ...job, state, allowed: ALLOWED[state] ?? [] };
}

/** The job after one held act. */
export function applyHeld(job: Job, held: Held): Job {
  const { act } = held;
  switch (act.kind) {
    case "command": {
      const after = withState(job, AFTER[act.command] ?? job.state);
      return act.body.volume_m3 === undefined ? after : { ...after, volume_m3: act.body.volume_m3 };
    }
    case "gas": {
      const cleared = gasPasses(act.entry, job.gas.limits);
      const test = { at: held.at, readings: act.entry.readings, instrument: act.entry.instrument, tested_by: act.entry.tested_by, cleared };
      const until = new Date(Date.parse(held.at) + (job.gas.valid_min ?? VALID_MIN) * 60_000).toISOString();
      const gas = { ...job.gas, tests: [...job.gas.tests, test], cleared, valid_until: cleared ? until : null, lock_zh: null, lock_en: null };
      return { ...withState(job, cleared ? (job.state === "pumping" ? "pumping" : "gas_cleared") : "arrived"), gas };
    }
    case "step":
      return { ...job, sop: { ...job.sop, steps: job.sop.steps.map((step) => (step.id === act.step ? { ...step, done_at: held.at } : step)) } };
    case "photo":
      return { ...job, photos: [...job.photos, { kind: act.photo, sha256: `local:${held.key}`, taken_at: act.taken_at }] };
  }
}

export function applyAll(job: Job, held: Held[]): Job {
  return held.filter((one) => one.jobId === job.id).reduce(applyHeld, job);
}

export function currentStep(job: Job): SopStep | null {
  return job.sop.steps.find((step) => step.done_at === null) ?? null;
}

const PHASES: Record<string, string> = { pump: "pumping", outlet: "pumping", close: "pumped", after: "pumped", resident: "pumped" };

function phaseOf(step: SopStep): string {
  return step.phase ?? PHASES[step.id] ?? "on_site";
}

/** How many photos a step still needs. */
export function missingPhotos(job: Job, step: SopStep): number {
  if (!step.photo_kind) return 0;
  const have = job.photos.filter((photo) => photo.kind === step.photo_kind).length;
  return Math.max(0, (step.photo_count ?? 1) - have);
}

export type NextAct =
  | { do: "command"; command: string }
  | { do: "gas" }
  | { do: "step"; step: SopStep }
  | { do: "photo"; step: SopStep; missing: number }
  | { do: "volume" }
  | { do: "nothing" };

/** The one button of the steps page; a test that has grown old sends back to the gas page. */
export function nextAct(job: Job, nowMs = 0): NextAct {
  if (job.state === "blocked") return { do: "command", command: "unblock" };
  const step = currentStep(job);
  const phase = step ? phaseOf(step) : "done";
  if (job.state === "arrived" && (step?.id === "gas" || phase !== "on_site")) return { do: "gas" };
  if (job.state === "gas_cleared" && phase !== "on_site") return gateOpen(job, nowMs) ? { do: "command", command: "start-pumping" } : { do: "gas" };
  if (job.state === "pumping" && phase !== "pumping" && phase !== "on_site") return { do: "volume" };
  if (step) {
    const missing = missingPhotos(job, step);
    return missing > 0 ? { do: "photo", step, missing } : { do: "step", step };
  }
  return job.allowed.includes("finish") ? { do: "command", command: "finish" } : { do: "nothing" };
}

const ENDED = new Set(["finished", "checked", "handed_over", "cancelled"]);
/** A job under way stands before one that only waits. */
const ORDER = ["pumped", "disposed", "pumping", "gas_cleared", "arrived", "blocked", "en_route", "accepted", "offered", "planned"];

export function sortJobs<T extends { state: string; grade: number | null }>(jobs: T[]): T[] {
  const place = (job: T) => ORDER.indexOf(job.state);
  return jobs.filter((job) => !ENDED.has(job.state)).sort((a, b) => place(a) - place(b) || (a.grade ?? 9) - (b.grade ?? 9));
}
