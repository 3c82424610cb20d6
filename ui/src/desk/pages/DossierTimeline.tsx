/** 时间线: lanes of incidents, calls, jobs and measures; below them the incidents added up, against what was expected. */
import { t, useLang, word } from "../../shared/i18n";
import { ymd } from "../../shared/time";
import type { IncidentRow, JobRow } from "../../shared/types";
import { clusters, monthTicks, poissonQuantile, YEAR_MS, type Evidence } from "./dossier";

const W = 1040;
const H = 540;
const LEFT = 92;
const RIGHT = 1024;
const LANES = { incidents: 56, calls: 106, jobs: 140, measures: 178 };
const TOP = 226;
const BOTTOM = 496;

export interface Step {
  at: number;
  to: string;
}

interface Props {
  incidents: IncidentRow[];
  jobs: JobRow[];
  steps: Step[];
  startMs: number;
  doneMs: number | null;
  nowMs: number;
  found: Evidence;
}

export function DossierTimeline({ incidents, jobs, steps, startMs, doneMs, nowMs, found }: Props) {
  useLang();
  const end = nowMs + (nowMs - startMs) * 0.01;
  const x = (at: number) => LEFT + ((at - startMs) / Math.max(1, end - startMs)) * (RIGHT - LEFT);
  const times = incidents.map((one) => Date.parse(one.opened_at)).sort((a, b) => a - b);
  const top = Math.max(4, times.length + 1, found.high === null ? 0 : found.before + found.high + 1);
  const y = (n: number) => BOTTOM - (n / top) * (BOTTOM - TOP);
  const unit = [1, 2, 5, 10, 20, 50].find((size) => top / size <= 6) ?? 50;
  const callers = incidents.reduce((sum, one) => sum + one.callers, 0);
  const most = Math.max(1, ...incidents.map((one) => one.callers));
  const done = jobs.filter((job) => ["finished", "checked", "disposed"].includes(job.state));
  const observed = times.map((at, index) => `H${x(at)}V${y(index + 1)}`).join("");
  const lane = (name: string, n: number | null, at: number) => (
    <g>
      <path d={`M${LEFT} ${at}H${RIGHT}`} stroke="var(--line)" />
      <text x={0} y={at + 5} fontSize="13" fill="var(--ink-2)">{name}</text>
      {n === null ? null : <text x={LEFT - 20} y={at + 5} fontSize="14" fontWeight="600" textAnchor="end" fill="var(--ink)">{n}</text>}
    </g>
  );
  return (
    <svg viewBox={`0 0 ${W} ${H}`} width="100%" role="img" aria-label={t("dossier.figure", { n: times.length, calls: callers, jobs: done.length })}>
      {doneMs !== null ? <rect x={x(doneMs)} y="22" width={Math.max(0, x(nowMs) - x(doneMs))} height={BOTTOM - 22} fill="var(--surface-2)" /> : null}
      {monthTicks(startMs, end).map((at) => (
        <g key={at}><path d={`M${x(at)} 22V${BOTTOM}`} stroke="var(--line)" /><text x={x(at)} y="14" fontSize="12" fill="var(--ink-3)" textAnchor="middle">{ymd(at).slice(0, 7)}</text></g>
      ))}
      {lane(t("dossier.lane.incidents"), times.length, LANES.incidents)}
      {lane(t("dossier.lane.calls"), callers, LANES.calls)}
      {lane(t("dossier.lane.jobs"), done.length, LANES.jobs)}
      {lane(t("dossier.lane.measures"), null, LANES.measures)}
      {incidents.map((one) => {
        const at = x(Date.parse(one.opened_at));
        const bar = (one.callers / most) * 22;
        return (
          <g key={one.id}>
            <path d={`M${at} ${LANES.incidents - 8}l8 8-8 8-8-8z`} fill="var(--ink-2)"><title>{`${one.number} ${ymd(Date.parse(one.opened_at))}`}</title></path>
            {bar > 0 ? <rect x={at - 3} y={LANES.calls - bar} width="6" height={bar} fill="var(--ink-2)"><title>{t("row.callers", { n: one.callers })}</title></rect> : null}
          </g>
        );
      })}
      {done.map((job) => {
        const at = Date.parse(job.arrived_at ?? job.offered_at ?? "");
        return Number.isFinite(at) ? <circle key={job.id} cx={x(at)} cy={LANES.jobs} r="6" fill="var(--surface)" stroke="var(--ink-2)" strokeWidth="2"><title>{`${job.number} ${job.volume_m3 ?? "–"} m³`}</title></circle> : null;
      })}
      <StepMarks steps={steps} x={x} />
      <text x={0} y={TOP + 12} fontSize="13" fill="var(--ink-2)">{t("dossier.lane.total")}</text>
      {Array.from({ length: Math.floor(top / unit) + 1 }, (_, index) => index * unit).map((n) => (
        <g key={n}><path d={`M${LEFT} ${y(n)}H${RIGHT}`} stroke="var(--line)" /><text x={LEFT - 8} y={y(n) + 4} fontSize="12" textAnchor="end" fill="var(--ink-3)">{n}</text></g>
      ))}
      {doneMs !== null ? <Fan found={found} x={x} y={y} doneMs={doneMs} nowMs={nowMs} /> : null}
      <path d={`M${LEFT} ${y(0)}${observed}H${x(nowMs)}`} fill="none" stroke="var(--ink)" strokeWidth="2.4" strokeLinejoin="round" />
      <circle cx={x(nowMs)} cy={y(times.length)} r="5.5" fill="var(--surface)" stroke="var(--ink)" strokeWidth="2.2" />
      <text x={x(nowMs) - 12} y={y(times.length) + 20} fontSize="13" fontWeight="600" textAnchor="end" fill="var(--ink)">{t(doneMs === null ? "dossier.total" : "dossier.observed", { n: doneMs === null ? times.length : found.after })}</text>
      <path d={`M${x(nowMs)} 22V${BOTTOM}`} stroke="var(--ink)" strokeDasharray="3 3" />
      <text x={x(nowMs)} y={BOTTOM + 20} fontSize="12" fontWeight="600" textAnchor="end" fill="var(--ink)">{t("dossier.today")}</text>
      {doneMs !== null ? (
        <g><path d={`M${x(doneMs)} ${LANES.measures}V${BOTTOM}`} stroke="var(--ink)" strokeWidth="1.6" />
          <text x={x(doneMs)} y={BOTTOM + (x(nowMs) - x(doneMs) < 110 ? 38 : 20)} fontSize="12" textAnchor={x(doneMs) > RIGHT - 60 ? "end" : "middle"} fill="var(--ink-2)">{t("dossier.done", { when: ymd(doneMs) })}</text></g>
      ) : null}
    </svg>
  );
}

const WORDS_PX = 64;
const NEAR_PX = 20;

/** Of two measures close together the first has its words on the left; a third one has them below. */
function StepMarks({ steps, x }: { steps: Step[]; x: (at: number) => number }) {
  let end = -Infinity;
  const groups = clusters(steps, (step) => x(step.at), NEAR_PX);
  return (
    <>
      {steps.map((step) => <rect key={`${step.at}${step.to}`} x={x(step.at) - 6} y={LANES.measures - 6} width="12" height="12" fill="var(--ink)"><title>{`${word("dossier.step", step.to)} ${ymd(step.at)}`}</title></rect>)}
      {groups.map(({ first, last }, index) => {
        const next = groups[index + 1];
        const crowded = next !== undefined && x(next.first.at) - x(last.at) < WORDS_PX;
        const right = x(last.at) > RIGHT - WORDS_PX || (crowded && x(first.at) - WORDS_PX > end);
        const low = right ? x(first.at) - WORDS_PX < end : x(last.at) < end;
        end = Math.max(end, right ? x(last.at) + 6 : x(last.at) + WORDS_PX);
        return (
          <text key={`${last.at}${last.to}`} x={right ? x(first.at) - 10 : x(last.at) + 10} y={LANES.measures + (low ? 22 : 5)} fontSize="12" fontWeight="600" textAnchor={right ? "end" : "start"} fill="var(--ink)">
            {first === last ? word("dossier.step", last.to) : `${word("dossier.step", first.to)}–${word("dossier.step", last.to)}`}
          </text>
        );
      })}
    </>
  );
}

interface FanProps {
  found: Evidence;
  x: (at: number) => number;
  y: (n: number) => number;
  doneMs: number;
  nowMs: number;
}

/** 若不改: the mean as a dashed line, the 80 % band of a Poisson count around it. */
function Fan({ found, x, y, doneMs, nowMs }: FanProps) {
  const { rate, before, expected, low, high } = found;
  if (rate === null || expected === null || low === null || high === null || nowMs <= doneMs) return null;
  const points = Array.from({ length: 25 }, (_, index) => doneMs + ((nowMs - doneMs) * index) / 24);
  const mean = (at: number) => (rate * (at - doneMs)) / YEAR_MS;
  const upper = points.map((at) => `${x(at)} ${y(before + (at === doneMs ? 0 : poissonQuantile(0.9, mean(at))))}`);
  const lower = [...points].reverse().map((at) => `${x(at)} ${y(before + (at === doneMs ? 0 : poissonQuantile(0.1, mean(at))))}`);
  return (
    <g>
      <path d={`M${upper.join("L")}L${lower.join("L")}z`} fill="var(--fan-80)" />
      <path d={`M${x(doneMs)} ${y(before)}L${x(nowMs)} ${y(before + expected)}`} stroke="var(--fan-line)" strokeWidth="2" strokeDasharray="5 4" />
      <text x={x(doneMs) + 10} y={Math.max(TOP + 12, y(before + high))} fontSize="13" fontWeight="600" fill="var(--ink-2)">{t("dossier.expected", { n: expected.toFixed(1) })}</text>
      <text x={x(doneMs) + 10} y={Math.max(TOP + 12, y(before + high)) + 18} fontSize="12" fill="var(--ink-3)">{t("dossier.band", { low, high })}</text>
    </g>
  );
}
