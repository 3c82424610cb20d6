/** Acts and photos wait here until the server has taken them: kept over reload, sent in order, once each. */
import { useSyncExternalStore } from "react";
import { ApiError, call, isOffline } from "../shared/api";
import { explain, t, type Key } from "../shared/i18n";
import { now } from "../shared/time";
import { say } from "../shared/toast";
import { outboxAdd, outboxAll, outboxDelete } from "./idb";
import type { Act, Held } from "./localJob";

export interface Entry extends Held {
  n?: number;
  blob?: Blob;
  place?: { lat: number; lon: number } | null;
}

export interface Outbox {
  entries: Entry[];
  online: boolean;
  /** Grows each time the server took something: what was read before is old. */
  taken: number;
}

const RETRY_MS = 5000;
let box: Outbox = { entries: [], online: navigator.onLine, taken: 0 };
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

/** A key for one act; plain-http stations lack crypto.randomUUID. */
function freshKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function isoNow(): string {
  return new Date(now()).toISOString().replace(/\.\d+Z$/, "Z");
}

export async function hold(jobId: number, act: Act, extra: Pick<Entry, "blob" | "place"> = {}): Promise<void> {
  const entry: Entry = { key: freshKey(), jobId, at: isoNow(), act, ...extra };
  const n = await outboxAdd(entry);
  set({ entries: [...box.entries, { ...entry, n }] });
  void flush();
}

function request(entry: Entry): Promise<unknown> {
  const { act, key } = entry;
  const base = `/jobs/${entry.jobId}`;
  switch (act.kind) {
    case "command": return call(`${base}/${act.command}`, { method: "POST", body: act.body, key });
    case "gas": return call(`${base}/gas`, { method: "POST", body: act.entry, key });
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
  }
}

export function actName(act: Act): string {
  return t(`crew.do.${act.kind === "command" ? act.command : act.kind}` as Key);
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
      try {
        await request(entry);
        setOnline(true);
      } catch (error) {
        if (isPassing(error)) {
          if (isOffline(error)) setOnline(false);
          timer = window.setTimeout(() => void flush(), RETRY_MS);
          return;
        }
        say(explain(actName(entry.act), error), { failed: true });
      }
      if (entry.n !== undefined) await outboxDelete(entry.n);
      set({ entries: box.entries.slice(1), taken: box.taken + 1 });
    }
  } finally {
    sending = false;
  }
}

/** Takes up what an earlier page left, and follows the signal. */
export async function startOutbox(): Promise<void> {
  set({ entries: await outboxAll<Entry>() });
  window.addEventListener("online", () => void flush());
  window.addEventListener("offline", () => setOnline(false));
  void flush();
}
