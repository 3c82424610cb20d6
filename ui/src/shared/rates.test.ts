import { expect, test } from "vitest";
import { alarmFirst, median, percent, responseRate, share, shareOf } from "./rates";
import type { Report } from "./types";

const NOW = Date.parse("2026-11-24T06:00:00Z");
const report = (received: string, due: string | null, answered: string | null) => ({ received_at: received, due_at: due, answered_at: answered }) as Report;

test("the response rate counts what was due or answered, not what still has time", () => {
  const reports = [
    report("2026-11-24T00:00:00Z", "2026-11-24T02:00:00Z", "2026-11-24T01:00:00Z"),
    report("2026-11-24T00:00:00Z", "2026-11-24T02:00:00Z", "2026-11-24T03:00:00Z"),
    report("2026-11-24T00:00:00Z", "2026-11-24T02:00:00Z", null),
    report("2026-11-24T05:00:00Z", "2026-11-24T09:00:00Z", null),
    report("2026-11-24T05:00:00Z", null, null),
    report("2026-10-01T00:00:00Z", "2026-10-01T02:00:00Z", null),
  ];
  expect(responseRate(reports, NOW - 86_400_000, NOW)).toEqual({ n: 1, of: 3, few: true });
});

test("thirty cases are enough, fewer are said to be few", () => {
  expect(share(29, 29).few).toBe(true);
  expect(share(29, 30).few).toBe(false);
  expect(shareOf({ solved_n: 31, solved_of: 32 }, "solved")).toEqual({ n: 31, of: 32, few: false });
  expect(percent(share(31, 32))).toBe("96.9");
  expect(percent(share(5, 5))).toBe("100");
});

test("alarms before calls are counted over both, patrols over neither", () => {
  const lines = [{ key: "alarm:level", incidents: 14 }, { key: "report:overflow", incidents: 6 }, { key: "finding", incidents: 9 }];
  expect(alarmFirst(lines)).toEqual({ n: 14, of: 20, few: true });
});

test("the median of nothing is nothing", () => {
  expect(median([])).toBeNull();
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 3])).toBe(2.5);
});
