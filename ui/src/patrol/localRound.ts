/** What a round looks like with the acts the phone still holds: pure. */
import type { Entry } from "../phone/outbox";
import type { Finding, Round } from "../shared/types";

export type TankMark = "todo" | "fine" | "found";

export interface Seen {
  /** Tanks looked at and found well; the server learns of them when the round is finished. */
  fine: number[];
}

/** The round after the held acts. */
export function roundWith(round: Round, entries: Entry[]): Round {
  let { state, started_at: started, finished_at: finished } = round;
  for (const { act, at } of entries) {
    if (act.kind !== "round" || act.round !== round.id) continue;
    if (act.command === "start") [state, started] = ["started", at];
    else [state, finished] = ["finished", at];
  }
  return { ...round, state, started_at: started, finished_at: finished };
}

/** The findings of a round, the held ones last. */
export function findingsWith(findings: Finding[], entries: Entry[], roundId: number): Finding[] {
  const own = findings.filter((one) => one.round_id === roundId);
  const known = new Set(own.map((one) => one.id));
  const held = entries.flatMap((entry): Finding[] => {
    if (entry.act.kind !== "finding" || entry.act.body.round_id !== roundId) return [];
    if (entry.findingId !== undefined && known.has(entry.findingId)) return [];
    return [{ id: -(entry.n ?? 1), ...entry.act.body, photo_sha256: null, found_at: entry.at, found_by: "" }];
  });
  return [...own, ...held];
}

export function markOf(tankId: number, seen: Seen, findings: Finding[]): TankMark {
  if (findings.some((one) => one.tank_id === tankId)) return "found";
  return seen.fine.includes(tankId) ? "fine" : "todo";
}

/** The next tank not looked at, after `from` and then from the start. */
export function nextTank(round: Round, seen: Seen, findings: Finding[], from: number | null): number | null {
  const ids = round.tank_ids;
  const start = from === null ? 0 : ids.indexOf(from) + 1;
  const order = [...ids.slice(start), ...ids.slice(0, start)];
  return order.find((id) => id !== from && markOf(id, seen, findings) === "todo") ?? null;
}

/** The round a person walks: the one begun, then the oldest planned for them, then one planned for nobody. */
export function ownRound(rounds: Round[], names: string[]): Round | null {
  const open = rounds.filter((round) => round.state !== "finished").sort((a, b) => a.id - b.id);
  const mine = open.filter((round) => names.includes(round.patroller));
  return mine.find((round) => round.state === "started") ?? mine[0] ?? open.find((round) => round.patroller === "") ?? null;
}
