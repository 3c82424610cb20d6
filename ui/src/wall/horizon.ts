/** What the next 24 hours may bring: which alarms stand on the strip, and on which lane. Pure. */
import type { Row } from "../desk/rows";

const HOUR = 3_600_000;
export const AHEAD_MS = 24 * HOUR;

export interface Mark {
  row: Row;
  at: number;
  from: number;
  to: number;
  lane: number;
  /** The words stand left of the mark where the strip ends. */
  left: boolean;
}

export interface Horizon {
  marks: Mark[];
  /** Places that found no lane. */
  hidden: number;
  undispatched: number;
}

/** `wordsMs` is how long a name is on the strip, in time. */
export function horizon(rows: Row[], nowMs: number, lanes: number, wordsMs = 3.6 * HOUR): Horizon {
  const ahead = rows.flatMap((row) => {
    const at = Date.parse(row.alarm?.overflow_at ?? "");
    if (!Number.isFinite(at) || at <= nowMs || at > nowMs + AHEAD_MS || row.overflowing || row.returned || row.tab === "shelved") return [];
    const from = Date.parse(row.alarm?.overflow_from ?? "");
    const to = Date.parse(row.alarm?.overflow_to ?? "");
    return [{ row, at, from: Math.max(nowMs, Number.isFinite(from) ? from : at), to: Math.min(nowMs + AHEAD_MS, Number.isFinite(to) ? to : at) }];
  });
  const undispatched = ahead.filter(({ row }) => row.incident === null || row.incident.handle === "open").length;
  const ends: number[] = Array.from({ length: lanes }, () => -Infinity);
  const marks: Mark[] = [];
  // The worst grade finds its lane first, then the earliest.
  const order = [...ahead].sort((a, b) => (a.row.grade || 9) - (b.row.grade || 9) || a.at - b.at);
  const taken: { lane: number; start: number; end: number }[] = [];
  for (const one of order) {
    const left = one.at + wordsMs > nowMs + AHEAD_MS;
    const start = Math.min(one.from, left ? one.at - wordsMs : one.at);
    const end = Math.max(one.to, left ? one.at : one.at + wordsMs);
    const lane = ends.findIndex((_, index) => taken.every((slot) => slot.lane !== index || slot.end <= start || slot.start >= end));
    if (lane < 0) continue;
    taken.push({ lane, start, end });
    marks.push({ ...one, lane, left });
  }
  return { marks, hidden: ahead.length - marks.length, undispatched };
}
