/** The product's clock (it may run faster than the wall clock) and how times are written. */

export interface ClockSync {
  serverMs: number;
  wallMs: number;
  speed: number;
}

/** Product time at a wall instant, from the last sync with the server. */
export function productTime(sync: ClockSync, wallMs: number): number {
  return sync.serverMs + (wallMs - sync.wallMs) * sync.speed;
}

let sync: ClockSync = { serverMs: Date.now(), wallMs: Date.now(), speed: 1 };
let zone = "Asia/Shanghai";

export function setClock(serverNow: string, speed: number, timeZone?: string): void {
  sync = { serverMs: Date.parse(serverNow), wallMs: Date.now(), speed };
  if (timeZone && timeZone !== zone) {
    zone = timeZone;
    formatters.clear();
  }
}

/** Sync again with the server, at the speed already known. */
export function nudgeClock(serverNow: string): void {
  sync = { serverMs: Date.parse(serverNow), wallMs: Date.now(), speed: sync.speed };
}

/** The product's "now" in epoch milliseconds. */
export function now(): number {
  return productTime(sync, Date.now());
}

export function clockSpeed(): number {
  return sync.speed;
}

const formatters = new Map<string, Intl.DateTimeFormat>();

function parts(ms: number, tz = zone): Record<string, string> {
  let formatter = formatters.get(tz);
  if (!formatter) {
    formatter = new Intl.DateTimeFormat("en-GB", {
      timeZone: tz, hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit",
      hour: "2-digit", minute: "2-digit", weekday: "short",
    });
    formatters.set(tz, formatter);
  }
  const found: Record<string, string> = {};
  // A time that cannot be read is written as nothing; it must not take the screen down.
  if (!Number.isFinite(ms)) return { year: "–", month: "–", day: "–", hour: "–", minute: "–" };
  for (const part of formatter.formatToParts(ms)) found[part.type] = part.value;
  return found;
}

/** `17:35` */
export function hhmm(ms: number, tz?: string): string {
  const p = parts(ms, tz);
  return `${p["hour"]}:${p["minute"]}`;
}

/** `11-24 14:32` */
export function mdhm(ms: number, tz?: string): string {
  const p = parts(ms, tz);
  return `${p["month"]}-${p["day"]} ${p["hour"]}:${p["minute"]}`;
}

/** `2026-11-24` */
export function ymd(ms: number, tz?: string): string {
  const p = parts(ms, tz);
  return `${p["year"]}-${p["month"]}-${p["day"]}`;
}

/** The station's last midnight. */
export function dayStart(ms: number, tz?: string): number {
  const p = parts(ms, tz);
  const minutes = Number(p["hour"]) * 60 + Number(p["minute"]);
  return Number.isFinite(minutes) ? Math.floor(ms / 60_000) * 60_000 - minutes * 60_000 : ms;
}

export type Lang = "zh" | "en";
const WEEKDAYS: Record<string, string> = {
  Mon: "周一", Tue: "周二", Wed: "周三", Thu: "周四", Fri: "周五", Sat: "周六", Sun: "周日",
};

/** `11 月 24 日` and `周二`. */
export function weekday(ms: number, lang: Lang, tz?: string): { date: string; day: string } {
  const p = parts(ms, tz);
  const day = p["weekday"] ?? "";
  return lang === "zh"
    ? { date: `${Number(p["month"])} 月 ${Number(p["day"])} 日`, day: WEEKDAYS[day] ?? "" }
    : { date: `${p["month"]}-${p["day"]}`, day };
}

/** An instant as the list writes it: `17:35`, `明 09 时`, `周四`, else `12-03`. */
export function instantShort(ms: number, nowMs: number, lang: Lang, tz?: string): string {
  const day = ymd(ms, tz);
  const p = parts(ms, tz);
  if (day === ymd(nowMs, tz)) return hhmm(ms, tz);
  if (day === ymd(nowMs + 86_400_000, tz)) {
    return lang === "zh" ? `明 ${p["hour"]} 时` : `Tmrw ${p["hour"]}:00`;
  }
  const weekday = p["weekday"] ?? "";
  const ahead = ms - nowMs;
  if (ahead > 0 && ahead < 6.5 * 86_400_000) return lang === "zh" ? (WEEKDAYS[weekday] ?? "") : weekday;
  return `${p["month"]}-${p["day"]}`;
}

/** A span as `h:mm` under two days, else in days: `剩 1:42`, `4.8 天`. */
export function span(ms: number, lang: Lang): string {
  const minutes = Math.floor(Math.abs(ms) / 60_000);
  if (minutes >= 48 * 60) {
    const days = (minutes / 1440).toFixed(1);
    return lang === "zh" ? `${days} 天` : `${days} d`;
  }
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}`;
}

/** A running wait as minutes and seconds: `11:20`. */
export function clockText(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** A duration in words: `38 分`, `2 时 10 分`, `3 天`. */
export function durationWords(ms: number, lang: Lang): string {
  const minutes = Math.max(0, Math.round(ms / 60_000));
  const [m, h, d] = lang === "zh" ? [" 分", " 时", " 天"] : [" min", " h", " d"];
  if (minutes < 60) return `${minutes}${m}`;
  if (minutes < 24 * 60) {
    const rest = minutes % 60;
    return rest === 0 ? `${minutes / 60}${h}` : `${Math.floor(minutes / 60)}${h} ${rest}${m}`;
  }
  return `${Math.round(minutes / 1440)}${d}`;
}

export type ClockTone = "calm" | "soon" | "late" | "met";

export interface Countdown {
  text: string;
  tone: ClockTone;
}

/**
 * What a clock shows: `剩 1:42`, orange under a quarter of its span left, `已超 16 分` after due.
 * The span runs from `startMs`; without a start, the last 30 minutes count as "soon".
 */
export function countdown(dueMs: number, nowMs: number, startMs: number | null, lang: Lang): Countdown {
  const left = dueMs - nowMs;
  if (left < 0) {
    // Minutes read best as words; whole hours as h:mm, which also fits the list.
    const late = -left < 3_600_000 ? durationWords(-left, lang) : span(left, lang);
    return { text: lang === "zh" ? `已超 ${late}` : `${late} late`, tone: "late" };
  }
  const whole = startMs === null ? 120 * 60_000 : Math.max(1, dueMs - startMs);
  const tone: ClockTone = left < whole * 0.25 ? "soon" : "calm";
  return { text: lang === "zh" ? `剩 ${span(left, lang)}` : `${span(left, lang)} left`, tone };
}

/** `14 cm`, `−126 cm` parts: a metre value in whole centimetres with the true minus sign. */
export function centimetres(metres: number): string {
  const cm = Math.round(metres * 100);
  return cm < 0 ? `−${-cm}` : String(cm);
}

export function kilometres(metres: number): string {
  return metres < 10_000 ? (metres / 1000).toFixed(1) : String(Math.round(metres / 1000));
}

export function thousands(value: number): string {
  return value.toLocaleString("en-US");
}
