/** Whether a measure held: what was expected from the time before it, against what came after. Pure. */

export const YEAR_MS = 365.25 * 86_400_000;
const MONTH_MS = YEAR_MS / 12;

/** P(X ≤ k) for a Poisson mean. */
export function poissonAtMost(k: number, mean: number): number {
  let term = Math.exp(-mean);
  let sum = term;
  for (let i = 1; i <= k; i++) {
    term *= mean / i;
    sum += term;
  }
  return Math.min(1, sum);
}

/** The smallest count that is not passed with probability `share`. */
export function poissonQuantile(share: number, mean: number): number {
  let k = 0;
  while (k < 1000 && poissonAtMost(k, mean) < share) k++;
  return k;
}

export interface Evidence {
  before: number;
  beforeMs: number;
  after: number;
  afterMs: number;
  /** Incidents a year before the measure; null when the time is too short to say. */
  rate: number | null;
  expected: number | null;
  low: number | null;
  high: number | null;
  /** Chance of so few when the measure does nothing. */
  chance: number | null;
}

/** The least time watched before a rate means anything. */
const LEAST_MS = 14 * 86_400_000;

/** `doneMs` is when the measure was finished; null when it is not. */
export function evidence(incidents: number[], startMs: number, doneMs: number | null, nowMs: number): Evidence {
  const end = doneMs ?? nowMs;
  const before = incidents.filter((at) => at < end).length;
  const after = incidents.length - before;
  const beforeMs = Math.max(0, end - startMs);
  const afterMs = doneMs === null ? 0 : Math.max(0, nowMs - doneMs);
  const rate = beforeMs >= LEAST_MS ? (before / beforeMs) * YEAR_MS : null;
  if (rate === null || doneMs === null) return { before, beforeMs, after, afterMs, rate, expected: null, low: null, high: null, chance: null };
  const expected = (rate * afterMs) / YEAR_MS;
  return {
    before, beforeMs, after, afterMs, rate, expected,
    low: poissonQuantile(0.1, expected), high: poissonQuantile(0.9, expected), chance: poissonAtMost(after, expected),
  };
}

export type Verdict = "open" | "unknown" | "holding" | "failed" | "held";

export function verdictOf(state: string, found: Evidence): Verdict {
  if (state === "relapsed") return "failed";
  if (state === "held") return "held";
  if (found.chance === null) return ["measure_done", "watching"].includes(state) ? "unknown" : "open";
  return found.chance < 0.1 ? "holding" : "unknown";
}

/** Marks closer than `nearPx` share one place for their words: the last one's. */
export function clusters<T>(marks: T[], x: (mark: T) => number, nearPx: number): { first: T; last: T }[] {
  const found: { first: T; last: T }[] = [];
  for (const mark of marks) {
    const open = found.at(-1);
    if (open && x(mark) - x(open.last) < nearPx) open.last = mark;
    else found.push({ first: mark, last: mark });
  }
  return found;
}

/** Month marks of the axis: at most `most`, on the first of a month, UTC. */
export function monthTicks(fromMs: number, toMs: number, most = 13): number[] {
  const months = Math.max(1, Math.ceil((toMs - fromMs) / MONTH_MS));
  const step = [1, 2, 3, 6, 12].find((size) => months / size <= most) ?? 12;
  const first = new Date(fromMs);
  const ticks: number[] = [];
  for (let month = first.getUTCMonth() + 1; ticks.length < 40; month += 1) {
    const at = Date.UTC(first.getUTCFullYear(), month, 1);
    if (at > toMs) break;
    if (new Date(at).getUTCMonth() % step === 0) ticks.push(at);
  }
  return ticks;
}
