import { expect, test } from "vitest";
import { homeOf, isDesk } from "./home";

test("each role lands on the page of its work", () => {
  expect(homeOf(["crew"])).toBe("/crew");
  expect(homeOf(["patroller"])).toBe("/patrol");
  expect(homeOf(["plant_keeper"])).toBe("/plant");
  expect(homeOf(["director"])).toBe("/statistics");
  expect(homeOf(["dispatcher"])).toBe("/");
  expect(homeOf(["admin", "director"])).toBe("/");
  expect(homeOf([])).toBe("/");
});

test("a crew that also dispatches is not kept on the phone", () => {
  expect(isDesk(["crew", "dispatcher"])).toBe(true);
  expect(homeOf(["crew", "dispatcher"])).toBe("/");
  expect(isDesk(["patroller"])).toBe(false);
});
