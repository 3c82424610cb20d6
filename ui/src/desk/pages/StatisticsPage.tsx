/** 统计, the loop's health: seen before, there fast, not again; the three rates; who owes what; the table behind. */
import { useState } from "react";
import { query } from "../../shared/api";
import { Button, Clock, EmptyState, GradeTag } from "../../shared/components";
import { explain, t, useLang, word } from "../../shared/i18n";
import { alarmFirst, median, percent, responseRate, share, shareOf, type Share } from "../../shared/rates";
import { durationWords, mdhm, now, thousands, ymd, type Lang } from "../../shared/time";
import type { Cell, Grade, IncidentRow, JobRow, Report, Table } from "../../shared/types";
import { useKept, useRemote } from "../../shared/useRemote";
import { records } from "../state";
import { useLive } from "../store";
import "./statistics.css";

const BY = ["office", "cause", "channel", "grid"] as const;
type By = (typeof BY)[number];
type Line = Record<string, Cell>;

interface Statistics extends Table {
  from: string;
  to: string;
  by: By;
  totals: Line;
}

const DAYS = [7, 30, 90] as const;
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const COUNTS = ["incidents", "reports", "callers", "closed", "proved", "recurrences"];
const RATES = ["solved", "satisfied"];
const OWED = 8;
const MOST_REPORTS = 5000;

function name(line: Line, by: By): string {
  const key = line["key"];
  if (key === undefined || key === null || key === "") return "–";
  if (by === "channel") return word("channel", String(key));
  if (by !== "cause") return String(key);
  const [kind, what] = String(key).split(":");
  return [word("cause", kind), what ? word(kind === "report" ? "category" : "alarmKind", what) : ""].filter(Boolean).join("·");
}

function iso(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, "Z");
}

export function StatisticsPage() {
  const lang = useLang();
  const [by, setBy] = useState<By>("office");
  const [days, setDays] = useState<(typeof DAYS)[number]>(30);
  // A new address each hour keeps the period moving without asking at every tick.
  const hour = Math.floor(now() / HOUR_MS) * HOUR_MS;
  const from = hour - days * DAY_MS;
  const remote = useRemote<Statistics>(`/statistics${query({ by, from: iso(from) })}`);
  const causes = useRemote<Statistics>(`/statistics${query({ by: "cause", from: iso(from) })}`);
  const incidents = useRemote<{ items: IncidentRow[] }>("/incidents?open=false&limit=5000");
  const jobs = useRemote<{ items: JobRow[] }>("/jobs?open=false&limit=2000");
  const reports = useRemote<{ items: Report[] }>(`/reports?open=false&limit=${MOST_REPORTS}`);
  const byCause = useKept(causes.data);
  const table = useKept(remote.data);
  const totals = byCause?.totals ?? null;
  const seen = byCause ? alarmFirst(records(byCause)) : null;
  const inPeriod = (incidents.data?.items ?? []).filter((one) => Date.parse(one.opened_at) >= from);
  const arrival = arrivals(inPeriod, jobs.data?.items ?? []);
  const middle = median(arrival);
  const again = totals ? share(Number(totals["recurrences"] ?? 0), Number(totals["incidents"] ?? 0)) : null;
  const response = reports.data ? responseRate(reports.data.items, from, now()) : null;
  const failed = remote.error ?? causes.error;
  if (failed && !table) {
    return <EmptyState icon="warn" failed title={explain(t("nav.statistics"), failed)} action={<Button onClick={() => { remote.refresh(); causes.refresh(); }}>{t("again")}</Button>} />;
  }
  return (
    <div className="loop0">
      <header className="th0">
        <h1>{t("stat.title")}</h1>
        <p>{t("stat.period", { from: ymd(from), to: ymd(now()) })}</p>
        <div className="tabs end">{DAYS.map((one) => <button key={one} type="button" aria-selected={days === one || undefined} onClick={() => setDays(one)}>{t("stat.days", { n: one })}</button>)}</div>
      </header>
      {seen && again && seen.of > 0 ? (
        <p className="sum">{t("stat.sentence", { seen: percent(seen), fast: middle === null ? "–" : durationWords(middle, lang), again: again.of > 0 ? percent(again) : "–" })}</p>
      ) : null}
      <div className="three">
        <Big phase={t("art.before")} title={t("stat.seen")} value={seen && seen.of > 0 ? percent(seen) : "–"} unit="%" say={t("stat.seenSay")}
          small={seen ? t("stat.seenOf", { n: thousands(seen.n), of: thousands(seen.of) }) : ""} few={seen?.few ?? false} />
        <Big phase={t("art.during")} title={t("stat.fast")} {...durationParts(middle, lang)} say={t("stat.fastSay")}
          small={t("stat.fastOf", { n: thousands(arrival.length) })} few={arrival.length < 30} />
        <Big phase={t("art.after")} title={t("stat.again")} value={again && again.of > 0 ? percent(again) : "–"} unit="%" say={t("stat.againSay")}
          small={again ? t("stat.againOf", { n: thousands(again.n), of: thousands(again.of) }) : ""} few={again?.few ?? false} />
      </div>
      <div className="r20">
        <section className="card">
          <div className="hd">{t("rate.title")}<small>{t("rate.say")}</small></div>
          <Rate title={t("rate.response")} share={response} of={t("rate.responseOf")} rest={(n) => t("rate.responseRest", { n })} />
          <Rate title={t("rate.solved")} share={totals ? shareOf(totals, "solved") : null} of={t("rate.calledOf")} rest={(n) => t("rate.solvedRest", { n })} />
          <Rate title={t("rate.satisfied")} share={totals ? shareOf(totals, "satisfied") : null} of={t("rate.calledOf")} rest={(n) => t("rate.satisfiedRest", { n })} />
          <p className="fn">{t("rate.note")}{(reports.data?.items.length ?? 0) >= MOST_REPORTS ? t("rate.cut", { n: thousands(MOST_REPORTS) }) : ""}</p>
        </section>
        <Owed reports={reports.data?.items ?? []} />
      </div>
      <section className="card by0">
        <div className="hd">{t("stat.table")}
          <div className="tabs end">{BY.map((one) => <button key={one} type="button" aria-selected={by === one || undefined} onClick={() => setBy(one)}>{t(`statistics.by.${one}`)}</button>)}</div></div>
        {table ? <ByTable data={table} by={table.by} /> : <p className="quiet" role="status">{t("loading")}</p>}
      </section>
    </div>
  );
}

/** `10` and `分`: a duration under an hour has its unit set small. */
function durationParts(ms: number | null, lang: Lang): { value: string; unit: string } {
  if (ms === null) return { value: "–", unit: "" };
  const words = durationWords(ms, lang);
  const single = /^(\d+) (\D+)$/.exec(words);
  return single ? { value: single[1] ?? "", unit: single[2] ?? "" } : { value: words, unit: "" };
}

/** From the opening of an incident to the first truck on site, milliseconds. */
function arrivals(incidents: IncidentRow[], jobs: JobRow[]): number[] {
  const first = new Map<number, number>();
  for (const job of jobs) {
    const at = Date.parse(job.arrived_at ?? "");
    if (job.incident_id === null || !Number.isFinite(at)) continue;
    first.set(job.incident_id, Math.min(at, first.get(job.incident_id) ?? Infinity));
  }
  return incidents.flatMap((one) => {
    const at = first.get(one.id);
    return at === undefined ? [] : [Math.max(0, at - Date.parse(one.opened_at))];
  });
}

interface BigProps {
  phase: string;
  title: string;
  value: string;
  unit: string;
  say: string;
  small: string;
  few: boolean;
}

function Big({ phase, title, value, unit, say, small, few }: BigProps) {
  return (
    <section className="card">
      <div className="lt"><span className="ph">{phase}</span><h2>{title}</h2></div>
      <div className="big1"><b>{value}{unit && value !== "–" ? <small>{unit}</small> : null}</b><p>{say}<br /><span>{small}{few ? ` ${t("statistics.few")}` : ""}</span></p></div>
    </section>
  );
}

interface RateProps {
  title: string;
  share: Share | null;
  /** The name of N. */
  of: string;
  rest: (n: string) => string;
}

/** Rate, bar, n / N with the name of N, and what is not in it; the remainder is hatched. */
function Rate({ title, share: found, of, rest }: RateProps) {
  const known = found !== null && found.of > 0;
  return (
    <div className="rate0">
      <div className="rl"><span>{title}</span>{found?.few && known ? <span className="tag">{t("statistics.few")}</span> : null}<b>{known ? percent(found) : "–"}{known ? <small>%</small> : null}</b></div>
      <div className="rb" role="img" aria-label={known ? `${title} ${found.n} / ${found.of}` : title}><i style={{ width: known ? `${(found.n / found.of) * 100}%` : 0 }} /></div>
      <p><span><b>{known ? thousands(found.n) : "–"}</b> / {known ? thousands(found.of) : "–"} {of}</span><span className="muted">{known ? rest(thousands(found.of - found.n)) : t("rate.none")}</span></p>
    </div>
  );
}

interface Debt {
  key: string;
  place: string;
  grade: Grade | null;
  what: string;
  owner: string;
  due: string;
}

/** Incidents and reports past their due time: what, who owes it, since when. */
function Owed({ reports }: { reports: Report[] }) {
  const live = useLive();
  const at = now();
  const incidents = [...live.state.incidents.values()].flatMap((one): Debt[] => (one.next_due_at === null ? [] : [{
    key: one.number, place: one.tank_name ?? one.community_name ?? one.number, grade: one.grade,
    what: `${word("clock", one.next_due_clock)}·${one.number}`, owner: one.office_name ?? "–", due: one.next_due_at,
  }]));
  const unanswered = reports.flatMap((one): Debt[] => (one.due_at === null || one.answered_at !== null || one.status === "closed" || one.status === "returned" ? [] : [{
    key: one.number, place: one.tank_name ?? one.community_name ?? (one.text.length > 18 ? `${one.text.slice(0, 18)}…` : one.text), grade: null,
    what: `${t("answer.do")}·${one.number}`, owner: one.office_name ?? t("nav.watch"), due: one.due_at,
  }]));
  const late = [...incidents, ...unanswered].filter((one) => Date.parse(one.due) < at).sort((a, b) => Date.parse(a.due) - Date.parse(b.due));
  return (
    <section className="card">
      <div className="hd">{t("stat.owed", { n: late.length })}<small>{t("stat.owedSay")}</small></div>
      {late.length === 0 ? <p className="quiet">{t("stat.owedNone")}</p> : (
        <table className="owed">
          <thead><tr><th scope="col">{t("col.what")}</th><th scope="col">{t("stat.owner")}</th><th scope="col" className="fig">{t("stat.dueAt")}</th><th scope="col" className="fig">{t("col.state")}</th></tr></thead>
          <tbody>
            {late.slice(0, OWED).map((one) => (
              <tr key={one.key}>
                <td><b>{one.place}</b><span className="row">{one.grade ? <GradeTag grade={one.grade} /> : null}{one.what}</span></td>
                <td>{one.owner}</td><td className="fig">{mdhm(Date.parse(one.due))}</td>
                <td className="fig"><Clock due={one.due} strong /></td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function ByTable({ data, by }: { data: Statistics; by: By }) {
  const lines = records(data);
  if (lines.length === 0) return <EmptyState icon="check" title={t("statistics.empty")} />;
  const shown = [...lines.map((line) => ({ line, title: name(line, by) })), { line: data.totals, title: t("statistics.total") }];
  const rate = (line: Line, what: string) => {
    const found = shareOf(line, what);
    return found.of === 0 ? "–" : `${percent(found)}%  ${found.n} / ${found.of}${found.few ? ` ${t("statistics.few")}` : ""}`;
  };
  return (
    <table className="tbl">
      <thead><tr><th scope="col">{t(`statistics.by.${by}`)}</th>{[...COUNTS, ...RATES].map((one) => <th key={one} scope="col" className="fig">{word("stat", one)}</th>)}</tr></thead>
      <tbody>
        {shown.map(({ line, title }) => (
          <tr key={title}><td><b>{title}</b></td>
            {COUNTS.map((one) => <td key={one} className="fig">{thousands(Number(line[one] ?? 0))}</td>)}
            {RATES.map((one) => <td key={one} className="fig">{rate(line, one)}</td>)}</tr>
        ))}
      </tbody>
    </table>
  );
}
