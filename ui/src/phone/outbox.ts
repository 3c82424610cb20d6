/** Acts and photos wait here until the server has taken them: kept over reload, sent in order, once each. */
import { useSyncExternalStore } from "react";
import { ApiError, call, get, isOffline, post, query } from "../shared/api";
import { explain, t, type Key } from "../shared/i18n";
import { now } from "../shared/time";
import { say } from "../shared/toast";
import type { Finding } from "../shared/types";
import type { Act, Held } from "../crew/localJob";
import { cache, cached, outboxAdd, outboxAll, outboxDelete, outboxPut } from "./idb";

export interface FindingBody {
  round_id: number | null;
  tank_id: number;
  what: string;
  severity: string;
  note: string;
}

export interface ReceiptBody {
  plant_code: string;
  truck_code: string;
  job_id: number | null;
  volume_m3: number;
  accepted: boolean;
  reason: string;
}

/** What is done away from a job: a round, a finding, a load at the plant. */
export type FieldAct =
  | { kind: "round"; command: "start" | "finish"; round: number }
  | { kind: "finding"; body: FindingBody }
  | { kind: "receipt"; body: ReceiptBody };

export interface Entry {
  key: string;
  /** The job of the act; 0 for acts without one. */
  jobId: number;
  at: string;
  act: Act | FieldAct;
  n?: number;
  /** Wall time of the act: what waited says when it was done. */
  wall?: number;
  blob?: Blob;
  place?: { lat: number; lon: number } | null;
  /** The server may have taken an earlier try whose answer was lost. */
  tried?: boolean;
  /** The finding is recorded, its photo is still to go. */
  findingId?: number;
}

/** An act the server has taken, and how many it had taken then. */
export interface Taken {
  entry: Entry;
  count: number;
}

export interface Outbox {
  entries: Entry[];
  /** Taken, but nothing read since: what is known from before does not show them yet. */
  taking: Taken[];
  online: boolean;
  /** Grows each time the server took something: what was read before is old. */
  taken: number;
}

const RETRY_MS = 5000;
/** An act younger than this is sent as done now; the server's clock is then the better one. */
const FRESH_MS = 4000;
const TAKING = "outbox:taking";
/** The server believes a statement of the last 24 hours; one minute is left for the way. */
const OLDEST_MS = 24 * 3_600_000 - 60_000;
let box: Outbox = { entries: [], taking: [], online: globalThis.navigator?.onLine ?? true, taken: 0 };
let sending = false;
let timer = 0;
const listeners = new Set<() => void>();

function set(change: Partial<Outbox>): void {
  box = { ...box, ...change };
  for (const listener of listeners) listener();
}

export function useOutbox(): Outbox {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => box,
  );
}

export function setOnline(online: boolean): void {
  if (box.online !== online) set({ online });
}

/** All acts that what was last read does not show, in order. */
export function unseen({ taking, entries }: Outbox): Entry[] {
  return [...taking.map((one) => one.entry), ...entries];
}

/** Of those, the acts that belong to jobs. */
export function unseenOfJobs(outbox: Outbox): Held[] {
  return unseen(outbox).filter((entry): entry is Entry & Held => entry.jobId !== 0);
}

/** How many acts the server has taken; ask before reading, tell `sawTaken` after. */
export function takenSoFar(): number {
  return box.taken;
}

/** A read that began after `count` acts were taken has come: they show in it. */
export function sawTaken(count: number): void {
  if (box.taking.length === 0) return;
  const taking = box.taking.filter((one) => one.count > count);
  if (taking.length === box.taking.length) return;
  set({ taking });
  keepTaking();
}

/** Kept over reload: a page opened without signal starts from what was read before. */
function keepTaking(): void {
  const slim = box.taking.map((one) => ({ ...one, count: 0, entry: { ...one.entry, blob: undefined } }));
  void cache(TAKING, slim).catch(() => undefined);
}

/** A key for one act; plain-http stations lack crypto.randomUUID. */
function freshKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function isoNow(): string {
  return new Date(now()).toISOString().replace(/\.\d+Z$/, "Z");
}

export async function hold(jobId: number, act: Act | FieldAct, extra: Pick<Entry, "blob" | "place"> = {}): Promise<void> {
  const entry: Entry = { key: freshKey(), jobId, at: isoNow(), wall: Date.now(), act, ...extra };
  const n = await outboxAdd(entry);
  set({ entries: [...box.entries, { ...entry, n }] });
  void flush();
}

/** When it was done, said only for what waited, and not for what waited so long that it is told on paper. */
export function statedAt(entry: Pick<Entry, "at" | "wall">, wallMs: number, nowMs: number): { at?: string } {
  const waited = entry.wall !== undefined && wallMs - entry.wall > FRESH_MS;
  return waited && nowMs - Date.parse(entry.at) < OLDEST_MS ? { at: entry.at } : {};
}

function request(entry: Entry): Promise<unknown> {
  const { act, key } = entry;
  const base = `/jobs/${entry.jobId}`;
  const stated = statedAt(entry, Date.now(), now());
  switch (act.kind) {
    case "command": return call(`${base}/${act.command}`, { method: "POST", body: { ...act.body, ...stated }, key });
    case "gas": return call(`${base}/gas`, { method: "POST", body: { ...act.entry, ...stated }, key });
    case "step": return call(`${base}/steps/${act.step}`, { method: "POST", body: { at: entry.at }, key });
    case "photo": {
      const form = new FormData();
      form.set("file", entry.blob ?? new Blob(), `${act.photo}.jpg`);
      form.set("kind", act.photo);
      form.set("taken_at", act.taken_at);
      if (entry.place) {
        form.set("lat", entry.place.lat.toFixed(6));
        form.set("lon", entry.place.lon.toFixed(6));
      }
      return call(`${base}/photos`, { method: "POST", form, key });
    }
    case "round": return post(`/rounds/${act.round}/${act.command}`, {}, key);
    case "finding": return sendFinding(entry, act.body);
    case "receipt": return call("/receipts", { method: "POST", body: { ...act.body, ...stated }, key });
  }
}

/** Findings have no key of their own: after a lost answer the server is asked before it is told again. */
async function sendFinding(entry: Entry, body: FindingBody): Promise<void> {
  let id = entry.findingId ?? (entry.tried ? await knownFinding(body) : undefined);
  if (id === undefined) {
    await keep(entry, { tried: true });
    id = (await post<Finding>("/findings", body)).id;
  }
  await keep(entry, { findingId: id });
  if (!entry.blob) return;
  const form = new FormData();
  form.set("file", entry.blob, "finding.jpg");
  await call(`/findings/${id}/photo`, { method: "POST", form });
}

async function knownFinding(body: FindingBody): Promise<number | undefined> {
  const { items } = await get<{ items: Finding[] }>(`/findings${query({ tank_id: body.tank_id, round_id: body.round_id })}`);
  return items.find((one) => one.what === body.what && one.severity === body.severity && one.note === body.note)?.id;
}

async function keep(entry: Entry, change: Partial<Entry>): Promise<void> {
  Object.assign(entry, change);
  if (entry.n !== undefined) await outboxPut(entry);
}

export function actName(act: Act | FieldAct): string {
  switch (act.kind) {
    case "command": return t(`crew.do.${act.command}` as Key);
    case "round": return t(act.command === "start" ? "patrol.start" : "patrol.finish");
    case "finding": return t("patrol.record");
    case "receipt": return t("plant.record");
    default: return t(`crew.do.${act.kind}` as Key);
  }
}

/** True for answers that will come out otherwise later: no signal, server away, session gone. */
function isPassing(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false;
  return isOffline(error) || error.status === 401 || error.status === 408 || error.status === 429 || error.status >= 500;
}

export async function flush(): Promise<void> {
  if (sending) return;
  sending = true;
  window.clearTimeout(timer);
  try {
    for (let entry = box.entries[0]; entry; entry = box.entries[0]) {
      let taking = box.taking;
      try {
        await request(entry);
        setOnline(true);
        taking = [...box.taking, { entry, count: box.taken + 1 }];
      } catch (error) {
        if (isPassing(error)) {
          if (isOffline(error)) setOnline(false);
          timer = window.setTimeout(() => void flush(), RETRY_MS);
          return;
        }
        say(explain(actName(entry.act), error), { failed: true });
      }
      if (entry.n !== undefined) await outboxDelete(entry.n);
      set({ entries: box.entries.slice(1), taking, taken: box.taken + 1 });
      keepTaking();
    }
  } finally {
    sending = false;
  }
}

let started = false;

/** Takes up what an earlier page left, and follows the signal; a second call does nothing. */
export function startOutbox(scope: string): void {
  if (started) return;
  started = true;
  void Promise.all([outboxAll<Entry>(), cached<Taken[]>(TAKING)]).then(([entries, taking]) => {
    set({ entries, taking: taking ?? [] });
    void flush();
  });
  window.addEventListener("online", () => void flush());
  window.addEventListener("offline", () => setOnline(false));
  // Phone pages alone are in scope: the control room is never served from a cache. An icon on the home screen opens /crew.
  if ("serviceWorker" in navigator && import.meta.env.PROD) for (const one of new Set(["/crew", scope])) void navigator.serviceWorker.register("/sw.js", { scope: one });
  if (navigator.storage?.persist) void navigator.storage.persist();
}
