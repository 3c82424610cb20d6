import { expect, test } from "vitest";
import { clusters, evidence, monthTicks, poissonAtMost, poissonQuantile, verdictOf, YEAR_MS } from "./dossier";

const DAY = 86_400_000;
const T0 = Date.UTC(2025, 0, 1);

test("Poisson sums match the table", () => {
  expect(poissonAtMost(0, 1)).toBeCloseTo(0.3679, 4);
  expect(poissonAtMost(1, 6.9)).toBeCloseTo(0.008, 3);
  expect(poissonQuantile(0.9, 6.9)).toBe(10);
  expect(poissonQuantile(0.1, 6.9)).toBe(4);
});

test("fifteen in sixteen months, then one in seven and a half: the measure holds for now", () => {
  const done = T0 + 488 * DAY;
  const incidents = [...Array.from({ length: 15 }, (_, index) => T0 + index * 30 * DAY), done + 160 * DAY];
  const found = evidence(incidents, T0, done, done + 226 * DAY);
  expect(found.rate).toBeCloseTo(11.2, 1);
  expect(found.expected).toBeCloseTo(6.9, 1);
  expect(found.after).toBe(1);
  expect(verdictOf("watching", found)).toBe("holding");
  expect(verdictOf("relapsed", found)).toBe("failed");
});

test("with few cases or no finished measure nothing is claimed", () => {
  const few = evidence([T0, T0 + 100 * DAY], T0, T0 + 200 * DAY, T0 + 230 * DAY);
  expect(verdictOf("watching", few)).toBe("unknown");
  expect(evidence([T0], T0, null, T0 + YEAR_MS).expected).toBeNull();
  expect(evidence([T0, T0 + DAY], T0, T0 + 2 * DAY, T0 + 9 * DAY).rate).toBeNull();
  expect(verdictOf("watching", evidence([T0], T0, T0 + DAY, T0 + 9 * DAY))).toBe("unknown");
  expect(verdictOf("diagnosed", evidence([T0], T0, null, T0 + YEAR_MS))).toBe("open");
});

test("marks close together share the words of the last", () => {
  const groups = clusters([10, 14, 18, 90, 200], (at) => at, 20);
  expect(groups.map(({ first, last }) => [first, last])).toEqual([[10, 18], [90, 90], [200, 200]]);
});

test("the axis never carries more marks than fit", () => {
  expect(monthTicks(T0, T0 + 60 * DAY).map((at) => new Date(at).getUTCMonth())).toEqual([1, 2]);
  expect(monthTicks(T0, T0 + 3 * YEAR_MS).length).toBeLessThanOrEqual(13);
});
