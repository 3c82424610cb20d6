import { expect, test } from "vitest";
import { parseSse } from "./sse";

test("complete events come out, the rest waits", () => {
  const parsed = parseSse('id: 7\nevent: log\ndata: {"a":1}\n\nevent: beat\ndata: {"n');
  expect(parsed.events).toEqual([{ event: "log", id: "7", data: '{"a":1}' }]);
  expect(parseSse(`${parsed.rest}":2}\n\n`).events).toEqual([{ event: "beat", id: null, data: '{"n":2}' }]);
});

test("comments and retry lines are no events", () => {
  expect(parseSse(": ping\n\nretry: 2000\n\n").events).toEqual([]);
});

test("several data lines are one text", () => {
  expect(parseSse("data: a\ndata: b\r\n\r\n").events[0]?.data).toBe("a\nb");
});
