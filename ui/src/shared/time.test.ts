import { describe, expect, test } from "vitest";
import { centimetres, clockText, countdown, durationWords, hhmm, instantShort, productTime, span } from "./time";

const ZONE = "Asia/Shanghai";
const NOON = Date.parse("2026-11-24T04:00:00Z");
const MIN = 60_000;

describe("product time", () => {
  test("runs as fast as the product's clock", () => {
    expect(productTime({ serverMs: 1000, wallMs: 50, speed: 60 }, 60)).toBe(1600);
  });
});

describe("instants", () => {
  test("are written in the station's zone", () => {
    expect(hhmm(Date.parse("2026-11-24T09:35:00Z"), ZONE)).toBe("17:35");
  });
  test("name the day when it is not today", () => {
    expect(instantShort(NOON + 5 * 60 * MIN, NOON, "zh", ZONE)).toBe("17:00");
    expect(instantShort(NOON + 21 * 60 * MIN, NOON, "zh", ZONE)).toBe("明 09 时");
    expect(instantShort(NOON + 3 * 1440 * MIN, NOON, "zh", ZONE)).toBe("周五");
    expect(instantShort(NOON - 30 * 1440 * MIN, NOON, "zh", ZONE)).toBe("10-25");
  });
});

describe("countdown", () => {
  test("is calm with much time left", () => {
    expect(countdown(NOON + 102 * MIN, NOON, NOON - 18 * MIN, "zh")).toEqual({ text: "剩 1:42", tone: "calm" });
  });
  test("turns orange under a quarter of its span", () => {
    expect(countdown(NOON + 29 * MIN, NOON, NOON - 91 * MIN, "zh").tone).toBe("soon");
    expect(countdown(NOON + 31 * MIN, NOON, NOON - 89 * MIN, "zh").tone).toBe("calm");
  });
  test("says by how much it is late", () => {
    expect(countdown(NOON - 16 * MIN, NOON, null, "zh")).toEqual({ text: "已超 16 分", tone: "late" });
    expect(countdown(NOON - 263 * MIN, NOON, null, "zh").text).toBe("已超 4:23");
    expect(countdown(NOON - 16 * MIN, NOON, null, "en").text).toBe("16 min late");
  });
});

test("spans, waits and durations", () => {
  expect(span(102 * MIN, "zh")).toBe("1:42");
  expect(span(4.8 * 1440 * MIN, "zh")).toBe("4.8 天");
  expect(clockText(680_000)).toBe("11:20");
  expect(durationWords(130 * MIN, "zh")).toBe("2 时 10 分");
  expect(durationWords(120 * MIN, "en")).toBe("2 h");
});

test("centimetres carry the true minus sign", () => {
  expect(centimetres(0.141)).toBe("14");
  expect(centimetres(-1.26)).toBe("−126");
});
