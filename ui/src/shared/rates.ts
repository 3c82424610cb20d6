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
