/** One 难点档案: where it stands, what was expected, what came, cause and measure, the next command. */
import { useState } from "react";
import { post } from "../../shared/api";
import { Button, EmptyState } from "../../shared/components";
import { explain, listed, t, useLang, word, type Key } from "../../shared/i18n";
import { go } from "../../shared/router";
import { useSession } from "../../shared/session";
import { mdhm, now, ymd } from "../../shared/time";
import { say } from "../../shared/toast";
import type { IncidentRow, JobRow, LogEntry, TankDetail } from "../../shared/types";
import { useRemote } from "../../shared/useRemote";
import { FormDialog } from "../dialogs";
import "./dossier.css";
import { evidence, verdictOf, type Evidence } from "./dossier";
import type { DossierRow } from "./DossiersPage";
import { DossierTimeline, type Step } from "./DossierTimeline";

interface Dossier extends DossierRow {
  incidents: IncidentRow[];
  allowed: string[];
  history: Pick<LogEntry, "seq" | "at" | "kind" | "actor" | "payload">[];
}

const ROAD = ["opened", "diagnosed", "measure_agreed", "measure_done", "watching", "held"];
const COMMANDERS = new Set(["analyst", "grid_lead", "director", "dispatcher"]);
const DAY_MS = 86_400_000;
const LEAD_MS = 7 * DAY_MS;

/** The steps the dossier took, from its log. */
function stepsOf(dossier: Dossier): Step[] {
  return dossier.history.flatMap((entry) => {
    if (entry.kind === "dossier.opened") return [{ at: Date.parse(entry.at), to: "opened" }];
    const to = entry.payload["to"];
    return entry.kind === "dossier.advanced" && typeof to === "string" ? [{ at: Date.parse(entry.at), to }] : [];
  });
}

export function DossierPage({ id }: { id: number }) {
  useLang();
  const { user } = useSession();
  const remote = useRemote<Dossier>(`/dossiers/${id}`);
  const list = useRemote<{ items: DossierRow[] }>("/dossiers");
  const jobs = useRemote<{ items: JobRow[] }>("/jobs?open=false&limit=2000");
  const [command, setCommand] = useState<string | null>(null);
  const dossier = remote.data;
  const tank = useRemote<TankDetail>(dossier?.tank_id ? `/tanks/${dossier.tank_id}` : null);
  if (!dossier) {
    return remote.error
      ? <EmptyState icon="warn" failed title={explain(t("dossiers.title"), remote.error)} action={<Button onClick={remote.refresh}>{t("again")}</Button>} />
      : <p className="quiet" role="status">{t("loading")}</p>;
  }
  const at = now();
  const steps = stepsOf(dossier);
  const times = dossier.incidents.map((one) => Date.parse(one.opened_at));
  const first = Math.min(...times, Date.parse(dossier.opened_at));
  const done = dossier.state === "relapsed" || ["measure_done", "watching", "held"].includes(dossier.state) ? (steps.findLast((step) => step.to === "measure_done")?.at ?? null) : null;
  const found = evidence(times, first, done, at);
  const ids = new Set(dossier.incident_ids);
  const own = (jobs.data?.items ?? []).filter((job) => (job.incident_id !== null && ids.has(job.incident_id)) || (dossier.tank_id !== null && job.tank_id === dossier.tank_id));
  const place = dossier.tank_name ?? dossier.community_name ?? dossier.number;
  const may = user?.roles.some((role) => COMMANDERS.has(role)) ?? false;
  return (
    <div className="dos">
      <aside>
        <div className="ah"><h2>{t("dossiers.title")} {list.data?.items.length ?? ""}</h2></div>
        <ul>
          {(list.data?.items ?? []).map((one) => (
            <li key={one.id} className={one.id === id ? "sel" : undefined}>
              <a href={`/dossiers/${one.id}`} onClick={(event) => { event.preventDefault(); go(`/dossiers/${one.id}`); }}>
                <b className="cut">{one.tank_name ?? one.community_name ?? one.number}</b>
                <span className={one.state === "relapsed" ? "t1" : undefined}>{word("dossier", one.state)}</span><em>{t("dossier.times", { n: one.incident_ids.length })}</em>
              </a>
            </li>
          ))}
        </ul>
      </aside>
      <section className="mainc">
        <header>
          <div className="grow">
            <p className="muted">{listed([t("dossier.number", { number: dossier.number }), tank.data?.office_name, tank.data ? t("tank.code", { code: tank.data.code }) : "", t("dossier.openedBy", { when: ymd(Date.parse(dossier.opened_at)) })])}</p>
            <h1>{place}</h1>
            <p className="soft">{listed([tank.data?.volume_m3 ? t("tank.shape", { n: tank.data.chambers ?? 1, m3: tank.data.volume_m3 }) : "", tank.data?.households ? t("tank.households", { n: tank.data.households }) : "", tank.data?.keeper_name ? t("tank.keeper", { name: tank.data.keeper_name }) : ""])}</p>
          </div>
          <ol className="st0">
            {ROAD.map((state, index) => {
              const here = dossier.state === state;
              const past = ROAD.indexOf(dossier.state) > index || (dossier.state === "relapsed" && index < ROAD.length - 1);
              return <li key={state} className={here ? "now" : past ? undefined : "nx"} aria-current={here ? "step" : undefined}>{word("dossier.step", state)}</li>;
            })}
            {dossier.state === "relapsed" ? <li className="now">{word("dossier.step", "relapsed")}</li> : null}
          </ol>
        </header>
        <Verdict dossier={dossier} found={found} />
        <div className="card fig0">
          <div className="hd">{t("dossier.timeline")}<small>{t("dossier.timelineSay")}</small></div>
          <DossierTimeline incidents={dossier.incidents} jobs={own} steps={steps} startMs={first - LEAD_MS} doneMs={done} nowMs={at} found={found} />
        </div>
      </section>
      <section className="right0">
        <div className="blk0"><h3>{t("col.cause")}</h3><p className={dossier.cause ? "lead" : "muted"}>{dossier.cause || t("dossier.noCause")}</p></div>
        <div className="blk0"><h3>{t("col.measure")}</h3><p className={dossier.measure ? "lead" : "muted"}>{dossier.measure || t("dossier.noMeasure")}</p>{dossier.note ? <p className="soft">{dossier.note}</p> : null}</div>
        {may && dossier.allowed.length > 0 ? (
          <div className="blk0"><h3>{t("dossier.nextStep")}</h3>
            <div className="row wrap">{dossier.allowed.map((one, index) => <Button key={one} look={index === 0 ? "main" : "plain"} onClick={() => setCommand(one)}>{word("dossier.do", one)}</Button>)}</div></div>
        ) : null}
        <div className="blk0"><h3>{t("dossier.incidents", { n: dossier.incidents.length })}</h3>
          <table><tbody>
            {[...dossier.incidents].reverse().slice(0, 8).map((one) => (
              <tr key={one.id}><td>{one.number}<span>{listed([one.callers > 0 ? t("row.callers", { n: one.callers }) : "", one.status === "closed" ? t("stat.closed") : word("handle", one.handle)])}</span></td><td>{mdhm(Date.parse(one.opened_at))}</td></tr>
            ))}
          </tbody></table>
        </div>
        <div className="blk0"><Button icon="doc" onClick={() => window.print()}>{t("dossier.print")}</Button></div>
      </section>
      {command ? <CommandDialog dossier={dossier} command={command} onClose={() => { setCommand(null); remote.refresh(); list.refresh(); }} /> : null}
    </div>
  );
}

function Verdict({ dossier, found }: { dossier: Dossier; found: Evidence }) {
  const verdict = verdictOf(dossier.state, found);
  const months = found.afterMs / (30.44 * DAY_MS);
  return (
    <div className="verd card">
      <div><span>{t("dossier.before")}</span><b>{found.rate === null ? found.before : found.rate.toFixed(1)}</b><small>{t(found.rate === null ? "dossier.timesIn" : "dossier.perYear", { days: Math.round(found.beforeMs / DAY_MS) })}</small></div>
      <div><span>{t("dossier.ifNot")}</span><b>{found.expected === null ? "–" : found.expected.toFixed(1)}</b><small>{found.expected === null ? "" : t("dossier.inMonths", { months: months.toFixed(1) })}</small></div>
      <div className="k"><span>{t("dossier.came")}</span><b>{found.expected === null ? "–" : found.after}</b><small>{found.expected === null ? "" : t("dossier.timesUnit")}</small></div>
      <p><b>{t(`dossier.verdict.${verdict}` as Key)}</b>{" "}{found.chance === null ? t(verdict === "unknown" ? "dossier.shortBefore" : "dossier.noVerdict") : t("dossier.chance", { n: found.after, percent: (found.chance * 100).toFixed(found.chance < 0.1 ? 1 : 0) })}
        {found.chance !== null && found.before < 5 ? <><br /><span className="muted">{t("dossier.fewBefore", { n: found.before })}</span></> : null}</p>
    </div>
  );
}

/** What each command must say; the others may add a note. */
const NEEDS: Record<string, "cause" | "measure" | undefined> = { diagnose: "cause", agree: "measure" };

function CommandDialog({ dossier, command, onClose }: { dossier: Dossier; command: string; onClose: () => void }) {
  const needs = NEEDS[command];
  const [text, setText] = useState(needs ? dossier[needs] : "");
  const [note, setNote] = useState("");
  return (
    <FormDialog title={word("dossier.do", command)} action={word("dossier.do", command)} ready={!needs || text.trim().length > 1} onClose={onClose}
      send={async () => {
        await post(`/dossiers/${dossier.id}/${command}`, { ...(needs ? { [needs]: text.trim() } : {}), note: note.trim() });
        say(t("dossier.moved", { number: dossier.number }));
      }}>
      {needs ? <label className="field"><span>{t(needs === "cause" ? "dossier.cause" : "dossier.measure")}</span><textarea value={text} maxLength={4000} onChange={(event) => setText(event.target.value)} /></label> : null}
      <label className="field"><span>{t("col.note")}</span><input value={note} maxLength={2000} onChange={(event) => setNote(event.target.value)} /></label>
    </FormDialog>
  );
}
