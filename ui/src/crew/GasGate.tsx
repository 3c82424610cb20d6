/** 气体关: the pump stays locked until a complete test is within limits; nothing skips it. */
import { useState, type FormEvent } from "react";
import { Button } from "../shared/components";
import { pick, t, useLang, type Key } from "../shared/i18n";
import { Icon } from "../shared/icons";
import { clockText, hhmm, now } from "../shared/time";
import type { GasReadings, GasTest, Job } from "../shared/types";
import { useNow } from "../shared/useNow";
import { gasLines, gateOpen, type GasEntry, type GasLine } from "./localJob";

const SYMBOLS = { o2: "O₂", h2s: "H₂S", ch4: "LEL", co: "CO" } as const;
const PLACES = ["mouth", "middle", "bottom"] as const;

export function readingsOf(test: GasTest | undefined): Partial<GasReadings> | null {
  if (!test) return null;
  const { ch4_lel, h2s_mgm3, o2_pct, co_mgm3 } = test;
  return test.readings ?? { ch4_lel, h2s_mgm3, o2_pct, co_mgm3 };
}

function ownLock(lines: GasLine[]): string {
  return lines.filter((line) => line.bad).map((line) => (
    line.name === "o2"
      ? t("gas.under", { value: line.value ?? "", low: line.low ?? "", high: line.high })
      : t("gas.over", { gas: t(`gas.${line.name}`), value: line.value ?? "", limit: line.high, unit: line.unit })
  )).join("；");
}

interface Props {
  job: Job;
  crewName: string;
  onTest: (entry: GasEntry) => void;
  onPump: () => void;
  onBlock: () => void;
}

export function GasGate({ job, crewName, onTest, onPump, onBlock }: Props) {
  useLang();
  const [entering, setEntering] = useState(job.gas.tests.length === 0);
  const last = job.gas.tests.at(-1);
  const lines = gasLines(readingsOf(last), job.gas.limits);
  const open = gateOpen(job, useNow());
  const old = job.gas.cleared && !open && job.allowed.includes("start-pumping");
  const why = (old ? t("gas.old", { min: job.gas.valid_min ?? 30 }) : "") || pick(job.gas.lock_zh, job.gas.lock_en) || ownLock(lines) || (last ? "" : t("gas.untested"));
  const testedAt = last?.stated_at ?? last?.at ?? last?.tested_at ?? null;
  if (entering) {
    return <GasForm job={job} crewName={crewName} onCancel={job.gas.tests.length > 0 ? () => setEntering(false) : null}
      onTest={(entry) => { onTest(entry); setEntering(false); }} />;
  }
  return (
    <>
      <div className="pbody">
        {open ? (
          <section className="pass" role="status"><Icon name="check" /><div><h2>{t("gas.cleared")}</h2><p>{t("gas.clearedSay")}</p></div></section>
        ) : (
          <section className="stop" role="alert"><div className="sh"><Icon name="lock" /><div><h2>{t("gas.locked")}</h2><p>{why}</p></div></div></section>
        )}
        <div className="gases">{lines.map((line) => <GasCell key={line.name} line={line} />)}</div>
        {!open ? <Todos job={job} since={testedAt} /> : null}
        <p className="by muted">
          {last ? t("gas.by", { meter: last.instrument ?? "", when: testedAt ? hhmm(Date.parse(testedAt)) : "", who: last.tested_by ?? "" }) : t("gas.noskip")}
        </p>
      </div>
      <footer className="pfoot col">
        {open
          ? <Button big look="main" onClick={onPump}>{t("crew.do.start-pumping")}</Button>
          : <div className="lockb" aria-disabled="true"><Icon name="lock" /><span>{t("gas.pumpLocked")}</span></div>}
        <div className="twob">
          <Button big className="blk" disabled={!job.allowed.includes("block")} onClick={onBlock}>{t("block.title")}</Button>
          <Button big look={open ? "plain" : "main"} onClick={() => setEntering(true)}>{last ? t("gas.retest") : t("gas.test")}</Button>
        </div>
      </footer>
    </>
  );
}

function GasCell({ line }: { line: GasLine }) {
  return (
    <div className={line.bad ? "gas bad" : "gas"}>
      <div className="gn"><b>{t(`gas.${line.name}`)}</b><span>{SYMBOLS[line.name]}</span><em>{line.value === null ? "" : line.bad ? t("gas.bad") : t("gas.ok")}</em></div>
      <div className="gv"><b>{line.value ?? "–"}</b><span>{line.unit}</span></div>
      <div className="gb"><i style={{ width: `${line.bar}%` }} />{line.ticks.map((tick) => <u key={tick} style={{ left: `${tick}%` }} />)}</div>
      <p>{line.low !== null ? `${line.low}–${line.high}` : t("gas.limit", { n: line.high })}</p>
    </div>
  );
}

function Todos({ job, since }: { job: Job; since: string | null }) {
  useNow();
  const [ticked, setTicked] = useState<ReadonlySet<number>>(new Set());
  const { todo } = job.gas;
  if (todo.length === 0) return null;
  const done = (index: number) => ticked.has(index) || (todo[index]?.done ?? false);
  const first = todo.findIndex((_, index) => !done(index));
  const minutes = (text: string) => Number(/(\d+)\s*(分|min)/.exec(text)?.[1] ?? 0);
  return (
    <section className="card todo">
      <h3>{t("gas.now")}</h3>
      <ol>
        {todo.map((one, index) => {
          const text = pick(one.zh, one.en);
          const wait = minutes(text);
          const left = since && wait > 0 ? Date.parse(since) + wait * 60_000 - now() : 0;
          return (
            <li key={text} className={done(index) ? "on" : index === first ? "now" : undefined}>
              <button type="button" onClick={() => setTicked(new Set([...ticked, index]))}>
                <b>{index + 1}</b><span>{text}</span>
                {done(index) ? <Icon name="check" /> : left > 0 ? <em>{t("gas.left", { time: clockText(left) })}</em> : null}
              </button>
            </li>
          );
        })}
      </ol>
    </section>
  );
}

const FIELDS: { name: keyof GasReadings; gas: "o2" | "h2s" | "ch4" | "co"; unit: string }[] = [
  { name: "o2_pct", gas: "o2", unit: "%" }, { name: "h2s_mgm3", gas: "h2s", unit: "mg/m³" },
  { name: "ch4_lel", gas: "ch4", unit: "%LEL" }, { name: "co_mgm3", gas: "co", unit: "mg/m³" },
];

interface FormProps {
  job: Job;
  crewName: string;
  onTest: (entry: GasEntry) => void;
  onCancel: (() => void) | null;
}

function remembered(name: string, fallback: string): string {
  try {
    return localStorage.getItem(`qs.gas.${name}`) ?? fallback;
  } catch {
    return fallback;
  }
}

function GasForm({ job, crewName, onTest, onCancel }: FormProps) {
  const [values, setValues] = useState<Record<string, string>>({});
  const [meter, setMeter] = useState(remembered("meter", ""));
  const [who, setWho] = useState(remembered("who", crewName));
  const [attendant, setAttendant] = useState(remembered("attendant", ""));
  const [vent, setVent] = useState(job.gas.tests.length > 0 ? "15" : "0");
  const [rescue, setRescue] = useState(false);
  const [where, setWhere] = useState<(typeof PLACES)[number]>("mouth");
  const numbers = FIELDS.map((field) => Number((values[field.name] ?? "").replace(",", ".")));
  const ready = FIELDS.every((field, index) => (values[field.name] ?? "").trim() !== "" && Number.isFinite(numbers[index])) && meter.trim() !== "" && who.trim() !== "" && attendant.trim() !== "" && rescue;

  function submit(event: FormEvent) {
    event.preventDefault();
    if (!ready) return;
    try {
      for (const [name, value] of Object.entries({ meter, who, attendant })) localStorage.setItem(`qs.gas.${name}`, value);
    } catch {
      // Only the convenience of a filled form is lost.
    }
    onTest({
      readings: { o2_pct: numbers[0] ?? 0, h2s_mgm3: numbers[1] ?? 0, ch4_lel: numbers[2] ?? 0, co_mgm3: numbers[3] ?? 0 },
      instrument: meter.trim(), tested_by: who.trim(), attendant: attendant.trim(), rescue_kit: rescue,
      ventilation_min: Number(vent) || 0, where: t(`gas.where.${where}` as Key),
    });
  }
  return (
    <form className="gasform" onSubmit={submit}>
      <div className="pbody">
        <section className="stop small" role="status"><div className="sh"><Icon name="lock" /><div><h2>{t("gas.locked")}</h2><p>{t("gas.enter")}</p></div></div></section>
        <div className="gases">
          {FIELDS.map((field) => (
            <label key={field.name} className="gas in"><div className="gn"><b>{t(`gas.${field.gas}`)}</b><span>{SYMBOLS[field.gas]}</span></div>
              <div className="gv"><input inputMode="decimal" name={field.name} value={values[field.name] ?? ""} autoComplete="off"
                onChange={(event) => setValues({ ...values, [field.name]: event.target.value })} /><span>{field.unit}</span></div></label>
          ))}
        </div>
        <div className="places">
          {PLACES.map((place) => <button key={place} type="button" className="btn" aria-pressed={where === place} onClick={() => setWhere(place)}>{t(`gas.where.${place}`)}</button>)}
        </div>
        <section className="card papers">
          <label><span>{t("gas.meter")}</span><input name="meter" value={meter} onChange={(event) => setMeter(event.target.value)} /></label>
          <label><span>{t("gas.who")}</span><input name="who" value={who} onChange={(event) => setWho(event.target.value)} /></label>
          <label><span>{t("gas.attendant")}</span><input name="attendant" value={attendant} onChange={(event) => setAttendant(event.target.value)} /></label>
          <label><span>{t("gas.vent")}</span><input name="vent" inputMode="numeric" value={vent} onChange={(event) => setVent(event.target.value)} /></label>
          <label className="tick"><input type="checkbox" name="rescue" checked={rescue} onChange={(event) => setRescue(event.target.checked)} /><span>{t("gas.rescue")}</span></label>
        </section>
      </div>
      <footer className="pfoot">
        {onCancel ? <Button big onClick={onCancel}>{t("cancel")}</Button> : null}
        <Button big look="main" type="submit" disabled={!ready}>{t("gas.save")}</Button>
      </footer>
    </form>
  );
}
