/** Rates as n of N: never a percentage alone. */
import type { Cell, Report } from "./types";

/** A rate with fewer cases than this says that they are few. */
export const FEW = 30;

export interface Share {
  n: number;
  of: number;
  few: boolean;
}

export function share(n: number, of: number): Share {
  return { n, of, few: of < FEW };
}

/** The `<what>_n` of `<what>_of` of a statistics line. */
export function shareOf(line: Record<string, Cell>, what: string): Share {
  return share(Number(line[`${what}_n`] ?? 0), Number(line[`${what}_of`] ?? 0));
}

/** Reports of the period answered by their due time, of those answered or due by now. */
export function responseRate(reports: Report[], fromMs: number, nowMs: number): Share {
  let n = 0;
  let of = 0;
  for (const report of reports) {
    if (report.due_at === null || Date.parse(report.received_at) < fromMs) continue;
    const due = Date.parse(report.due_at);
    if (report.answered_at === null && due > nowMs) continue;
    of += 1;
    if (report.answered_at !== null && Date.parse(report.answered_at) <= due) n += 1;
  }
  return share(n, of);
}

/** `96.8`: one place after the point, none at a whole hundred. */
export function percent(found: Share): string {
  const value = (found.n / Math.max(1, found.of)) * 100;
  return value === 100 || value === 0 ? String(value) : value.toFixed(1);
}

/** Of the incidents that began with an alarm or a call: those the alarm told first. */
export function alarmFirst(byCause: Record<string, Cell>[]): Share {
  let n = 0;
  let of = 0;
  for (const line of byCause) {
    const kind = String(line["key"] ?? "").split(":")[0];
    const incidents = Number(line["incidents"] ?? 0);
    if (kind === "alarm") n += incidents;
    if (kind === "alarm" || kind === "report") of += incidents;
  }
  return share(n, of);
}

export function median(values: number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle];
  if (upper === undefined) return null;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2;
}
