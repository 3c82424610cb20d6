import { expect, test } from "vitest";
import { statedAt } from "./outbox";

const AT = "2026-11-24T06:00:00Z";
const DONE = Date.parse(AT);

test("what waited says when it was done, what goes out at once does not", () => {
  expect(statedAt({ at: AT, wall: 1000 }, 2000, DONE + 1000)).toEqual({});
  expect(statedAt({ at: AT, wall: 1000 }, 61_000, DONE + 60_000)).toEqual({ at: AT });
});

test("an act of an older page or of days ago states nothing and is taken as of now", () => {
  expect(statedAt({ at: AT }, 61_000, DONE)).toEqual({});
  expect(statedAt({ at: AT, wall: 0 }, 90_000_000, DONE + 25 * 3_600_000)).toEqual({});
});
