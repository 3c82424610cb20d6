import { expect, test } from "vitest";
import { en } from "./en";
import { zh } from "./zh";

const keys = Object.keys(zh) as (keyof typeof zh)[];

test("both languages have the same keys", () => {
  expect(Object.keys(en).sort()).toEqual([...keys].sort());
});

test("both languages fill the same places", () => {
  const places = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((found) => found[1]).sort();
  for (const key of keys) expect({ key, places: places(en[key]) }).toEqual({ key, places: places(zh[key]) });
});

test("no text is empty and Chinese carries no exclamation marks", () => {
  for (const key of keys) {
    expect(zh[key].trim(), key).not.toBe("");
    expect(en[key].trim(), key).not.toBe("");
    expect(zh[key], key).not.toMatch(/[!！]|请您谅解|尊敬的/);
  }
});
