import { expect, test } from "vitest";
import type { Entry } from "../phone/outbox";
import type { Round } from "../shared/types";
import { findingsWith, markOf, nextTank, ownRound, roundWith } from "./localRound";

const ROUND: Round = {
  id: 7, number: "X-7", state: "planned", patroller: "patroller", tank_ids: [11, 12, 13],
  planned_at: null, started_at: null, finished_at: null,
};
const start: Entry = { key: "a", jobId: 0, at: "2026-11-24T06:00:00Z", act: { kind: "round", command: "start", round: 7 } };
const find: Entry = {
  key: "b", jobId: 0, n: 4, at: "2026-11-24T06:10:00Z",
  act: { kind: "finding", body: { round_id: 7, tank_id: 12, what: "overflow", severity: "severe", note: "" } },
};

test("a round started without signal is under way on the phone", () => {
  expect(roundWith(ROUND, [start]).state).toBe("started");
  expect(roundWith(ROUND, [{ ...start, act: { kind: "round", command: "start", round: 8 } }]).state).toBe("planned");
});

test("a held finding marks its tank and the next tank is one not looked at", () => {
  const findings = findingsWith([], [start, find], 7);
  expect(markOf(12, { fine: [] }, findings)).toBe("found");
  expect(nextTank(ROUND, { fine: [11] }, findings, 11)).toBe(13);
  expect(nextTank(ROUND, { fine: [11, 13] }, findings, 13)).toBeNull();
  expect(nextTank(ROUND, { fine: [] }, findings, 13)).toBe(11);
});

test("a finding already recorded is not shown twice while its photo waits", () => {
  const known = { id: 9, round_id: 7, tank_id: 12, what: "overflow", severity: "severe", note: "", photo_sha256: null, found_at: null, found_by: "x" };
  expect(findingsWith([known], [{ ...find, findingId: 9 }], 7)).toHaveLength(1);
});

test("the round begun comes before the one planned, another person's is not taken", () => {
  const other = { ...ROUND, id: 1, patroller: "somebody" };
  const begun = { ...ROUND, id: 9, state: "started" as const };
  expect(ownRound([other, ROUND, begun], ["patroller"])?.id).toBe(9);
  expect(ownRound([other], ["patroller"])).toBeNull();
});
