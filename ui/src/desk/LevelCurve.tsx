/** 余高 over the last hours, and the forecast to the cover with its 80 % interval. */
import { t, useLang } from "../shared/i18n";
import { centimetres, hhmm, now } from "../shared/time";
import type { Alarm, Table } from "../shared/types";
import { records } from "./state";

const W = 504;
const H = 164;
const LEFT = 58;
const RIGHT = 490;
const TOP = 23;
const BOTTOM = 139;
const HOUR = 3_600_000;
/** Quality flags that make a reading no level: out of range, spike, device fault. */
const DOUBTFUL = 4 | 8 | 32;

interface Point {
  at: number;
  freeboard: number;
}

/** Readings of a tank as 余高 below the cover, thinned to at most `most` points. */
export function toPoints(table: Table, cover: number, most = 300): Point[] {
  const all = records(table).flatMap((row) => {
    const level = row["level_m"];
    const at = row["measured_at"];
    const bad = (Number(row["quality"] ?? 0) & DOUBTFUL) !== 0;
    return !bad && typeof level === "number" && typeof at === "string" ? [{ at: Date.parse(at), freeboard: cover - level }] : [];
  });
  const step = Math.max(1, Math.ceil(all.length / most));
  return all.filter((_, index) => index % step === 0 || index === all.length - 1);
}

interface Props {
  table: Table;
  cover: number;
  outlet: number | null;
  alarm: Alarm | null;
  grade: number;
}

export function LevelCurve({ table, cover, outlet, alarm, grade }: Props) {
  useLang();
  const points = toPoints(table, cover);
  const last = points.at(-1);
  if (!last) return <p className="quiet">{t("level.noReadings")}</p>;
  const end = now();
  const forecast = alarm?.overflow_at ? Date.parse(alarm.overflow_at) : null;
  const overflow = forecast !== null && forecast > end && last.freeboard > 0 ? forecast : null;
  const from = end - 12 * HOUR;
  const to = overflow === null ? end + 2 * HOUR : end + 24 * HOUR;
  const deepest = Math.max(0.4, ...points.map((point) => point.freeboard));
  const highest = Math.min(0, ...points.map((point) => point.freeboard));
  const ceiling = Math.min(-deepest * 0.16, highest - 0.02);
  const floor = deepest * 1.08;
  const x = (at: number) => LEFT + ((Math.min(to, Math.max(from, at)) - from) / (to - from)) * (RIGHT - LEFT);
  const y = (freeboard: number) => TOP + ((freeboard - ceiling) / (floor - ceiling)) * (BOTTOM - TOP);
  const line = points.filter((point) => point.at >= from).map((point, index) => `${index ? "L" : "M"}${x(point.at).toFixed(1)} ${y(point.freeboard).toFixed(1)}`).join("");
  const tick = [0.1, 0.2, 0.25, 0.5, 1, 2].find((size) => floor / size <= 4) ?? 2;
  const grid: number[] = [];
  for (let value = tick; y(value) < BOTTOM - 12; value += tick) grid.push(value);
  const step = overflow === null ? 4 * HOUR : 6 * HOUR;
  const ticks: number[] = [];
  for (let at = from; at <= to + 1; at += step) ticks.push(at);
  const edge = grade > 0 && grade < 3 ? `var(--g${grade})` : "var(--ink)";
  const ink = grade > 0 && grade < 3 ? `var(--g${grade}-ink)` : "var(--ink)";
  const outletDepth = outlet === null ? null : cover - outlet;
  return (
    <svg viewBox={`0 0 ${W} ${H}`} width="100%" role="img" aria-label={t("level.label", { cm: centimetres(last.freeboard) })}>
      <rect x={x(end)} y={TOP} width={RIGHT - x(end)} height={BOTTOM - TOP} fill="var(--surface-2)" />
      <rect x={LEFT} y={TOP} width={RIGHT - LEFT} height={y(0) - TOP} fill="var(--g1-tint)" />
      <text x={LEFT + 6} y={Math.max(TOP + 11, y(0) - 5)} fontSize="12" fill="var(--g1-ink)">{t("level.over")}</text>
      {grid.map((value) => (
        <g key={value}>
          <path d={`M${LEFT} ${y(value)}H${RIGHT}`} stroke="var(--line)" />
          <text x={LEFT - 6} y={y(value) + 4} textAnchor="end" fontSize="12" fill="var(--ink-3)">−{Math.round(value * 100)}</text>
        </g>
      ))}
      {overflow !== null && last.freeboard > 0 ? <Forecast alarm={alarm} start={last} x={x} y={y} edge={edge} ink={ink} at={overflow} /> : null}
      <path d={`M${LEFT} ${y(0)}H${RIGHT}`} stroke="var(--cover)" strokeWidth="2" />
      <text x={LEFT - 6} y={y(0) + 4} textAnchor="end" fontSize="12" fontWeight="700" fill="var(--ink)">{t("level.cover")}</text>
      {outletDepth !== null && outletDepth > 0 && outletDepth < floor ? (
        <g>
          <path d={`M${LEFT} ${y(outletDepth)}H${RIGHT}`} stroke="var(--line-strong)" strokeDasharray="2 3" />
          <text x={RIGHT - 4} y={y(outletDepth) - 4} textAnchor="end" fontSize="12" fill="var(--ink-3)">{t("level.outlet")}</text>
        </g>
      ) : null}
      <path d={line} fill="none" stroke="var(--fan-line)" strokeWidth="2.2" strokeLinejoin="round" />
      {last.at < end - HOUR ? <path d={`M${x(last.at)} ${y(last.freeboard)}H${x(end)}`} stroke="var(--line-strong)" strokeWidth="2" strokeDasharray="2 6" /> : null}
      <path d={`M${x(end)} ${TOP}V${BOTTOM}`} stroke="var(--ink-2)" />
      <circle cx={x(last.at)} cy={y(last.freeboard)} r="4" fill="var(--surface)" stroke="var(--fan-line)" strokeWidth="2.2" />
      <path d={`M${LEFT} ${BOTTOM}H${RIGHT}`} stroke="var(--line-strong)" />
      <text x={LEFT - 6} y={BOTTOM + 2} textAnchor="end" fontSize="12" fill="var(--ink-3)">cm</text>
      {ticks.map((at, index) => {
        const current = Math.abs(at - end) < 1;
        return (
          <g key={at}>
            <path d={`M${x(at)} ${BOTTOM}v4`} stroke="var(--line-strong)" />
            <text x={x(at)} y={BOTTOM + 19} fontSize="12" fontWeight={current ? 700 : 400} fill={current ? "var(--ink)" : "var(--ink-3)"}
              textAnchor={index === 0 ? "start" : at >= to - 1 ? "end" : "middle"}>{hhmm(at)}</text>
          </g>
        );
      })}
    </svg>
  );
}

interface ForecastProps {
  alarm: Alarm | null;
  start: Point;
  at: number;
  x: (at: number) => number;
  y: (freeboard: number) => number;
  edge: string;
  ink: string;
}

/** The way to the cover: dashed median, wedge of the 80 % interval, its bar on the cover line. */
function Forecast({ alarm, start, at, x, y, edge, ink }: ForecastProps) {
  const from = alarm?.overflow_from ? Date.parse(alarm.overflow_from) : at;
  const to = alarm?.overflow_to ? Date.parse(alarm.overflow_to) : at;
  const origin = `${x(start.at)} ${y(start.freeboard)}`;
  const c = y(0);
  const nearEnd = x(at) > RIGHT - 60;
  return (
    <g>
      <path d={`M${origin}L${x(from)} ${c}L${x(to)} ${c}z`} fill="var(--fan-80)" />
      <path d={`M${origin}L${x(at)} ${c}`} fill="none" stroke="var(--fan-line)" strokeWidth="2" strokeDasharray="5 4" />
      {to > from ? <path d={`M${x(from)} ${c - 7}v14M${x(to)} ${c - 7}v14M${x(from)} ${c}H${x(to)}`} stroke={edge} strokeWidth="3" /> : null}
      <path d={`M${x(at)} ${c - 8}l8 8-8 8-8-8z`} fill={edge} />
      <text x={x(at)} y={13} textAnchor={nearEnd ? "end" : "middle"} fontSize="12" fontWeight="700" fill={ink}>{t("level.overflowAt", { when: hhmm(at) })}</text>
    </g>
  );
}
