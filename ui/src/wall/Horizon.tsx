/** 未来 24 小时: one bar per place for the 80 % interval, a grade mark at the median. */
import { listed, t, useLang } from "../shared/i18n";
import { hhmm, now } from "../shared/time";
import type { Row } from "../desk/rows";
import { AHEAD_MS, horizon, type Mark } from "./horizon";

const W = 1872;
const H = 210;
const LANES = 4;
const LANE = 40;
const TOP = 34;
const FOOT = 176;
const SHAPES = ["", "M0-15L15 0 0 15-15 0z", "M0-13L14 11H-14z", "M-11-11H11V11H-11z"];

export function HorizonStrip({ rows }: { rows: Row[] }) {
  useLang();
  const start = now();
  const { marks, hidden, undispatched } = horizon(rows, start, LANES);
  const x = (at: number) => ((at - start) / AHEAD_MS) * W;
  const all = marks.length + hidden;
  const ticks = Array.from({ length: 7 }, (_, index) => start + (index * AHEAD_MS) / 6);
  const lines = Array.from({ length: 13 }, (_, index) => (index * W) / 12);
  return (
    <section className="hor">
      <h2>{t("wall.horizon")}<small>{t("wall.horizonSay")}</small>
        <em>{all === 0 ? "" : listed([t("wall.horizonCount", { n: all }), t("wall.undispatched", { n: undispatched }), hidden > 0 ? t("wall.hidden", { n: hidden }) : ""])}</em></h2>
      <svg viewBox={`0 0 ${W} ${H}`} role="img" aria-label={all === 0 ? t("wall.horizonNone") : t("wall.horizonCount", { n: all })}>
        {lines.map((at) => <path key={at} d={`M${Math.min(W - 1, at + 0.5)} 12V${FOOT}`} stroke="var(--line)" />)}
        {marks.map((mark) => <HorizonMark key={mark.row.key} mark={mark} x={x} />)}
        {all === 0 ? <text x={W / 2} y={100} textAnchor="middle" fontSize="24" fill="var(--ink-3)">{t("wall.horizonNone")}</text> : null}
        {ticks.map((at, index) => (
          <text key={at} x={x(at)} y={H - 6} fontSize="18" fill={index === 0 ? "var(--ink)" : "var(--ink-3)"}
            textAnchor={index === 0 ? "start" : index === 6 ? "end" : "middle"}>{hhmm(at)}{index === 0 ? ` ${t("wall.now")}` : ""}</text>
        ))}
      </svg>
    </section>
  );
}

function HorizonMark({ mark, x }: { mark: Mark; x: (at: number) => number }) {
  const grade = mark.row.grade || 4;
  const y = TOP + mark.lane * LANE;
  const at = x(mark.at);
  return (
    <g>
      {mark.to > mark.from ? <path d={`M${x(mark.from)} ${y}H${x(mark.to)}`} stroke={`var(--g${grade})`} strokeOpacity=".42" strokeWidth="8" strokeLinecap="round" /> : null}
      <g transform={`translate(${at} ${y})`}>
        {grade === 4 ? <circle r="12" fill="var(--g4)" stroke="var(--g4-edge)" strokeWidth="2" /> : <path d={SHAPES[grade]} fill={`var(--g${grade})`} stroke={`var(--g${grade}-edge)`} strokeWidth="2" strokeLinejoin="round" />}
        <text y={grade === 2 ? 8 : 5} textAnchor="middle" fontSize="14" fontWeight="700" fill={`var(--on-g${grade})`}>{grade}</text>
      </g>
      <text x={mark.left ? at - 22 : at + 22} y={y - 8} textAnchor={mark.left ? "end" : "start"} fontSize="20" fontWeight="600" fill="var(--ink)">{mark.row.place}</text>
    </g>
  );
}
