/** The card of the selected place: when, why, which truck, the three tracks, and the next act. */
import { useEffect, useState } from "react";
import { post } from "../shared/api";
import { Button, EmptyState, GradeTag } from "../shared/components";
import { explain, listed, pick, t, useLang, word } from "../shared/i18n";
import { Icon } from "../shared/icons";
import { centimetres, countdown, hhmm, now } from "../shared/time";
import { say } from "../shared/toast";
import type { Incident, RankedTruck, Report, TankDetail, TrackName } from "../shared/types";
import { useNow } from "../shared/useNow";
import { ReceiptDialog, StandDownDialog, UnmeasurableDialog } from "./deskDialogs";
import { CallbackDialog, OpenIncidentDialog, ShelveDialog } from "./dialogs";
import { AnswerDialog, LocateDialog } from "./reportDialogs";
import { JobProgress } from "./JobProgress";
import { LevelCurve } from "./LevelCurve";
import type { LonLat } from "./mapData";
import { ProofAndClose } from "./ProofAndClose";
import { headline } from "./rowText";
import type { Row } from "./rows";
import { refetch } from "./store";
import { Tracks } from "./Tracks";
import { TruckChoice } from "./TruckChoice";
import { useIncident, type Card } from "./useIncident";

export interface CardActs {
  acknowledge: () => void;
  shelve: () => void;
  callBack: () => void;
  send: (index: number) => void;
}

interface Props {
  row: Row;
  onClose: () => void;
  onRoute: (route: LonLat[] | null) => void;
  /** The acts of this card, for the keys of the desk. */
  acts: { current: CardActs | null };
}

export function IncidentCard({ row, onClose, onRoute, acts }: Props) {
  useLang();
  const card = useIncident(row);
  const [dialog, setDialog] = useState<"shelve" | "callback" | "open" | "standDown" | "unmeasurable" | "receipt" | null>(null);
  const [callDialog, setCallDialog] = useState<{ kind: "place" | "answer"; report: Report } | null>(null);
  const [busy, setBusy] = useState(false);
  const incident = card.incident.data;
  const { alarm } = row;
  const choosing = row.incident !== null && (incident?.handle ?? row.incident.handle) === "open";
  // Cleared without any job: nobody was sent, so there is no progress to show.
  const stoodDown = incident?.handle === "cleared" && card.jobs.data !== null && card.job.data === null && !card.jobs.data.items.some((one) => one.incident_id === incident.id);
  const route = (choosing ? card.ranking.data?.ranked[0]?.route : card.way.data?.route) ?? null;

  useEffect(() => {
    onRoute(route);
    return () => onRoute(null);
  }, [route, onRoute]);

  async function act(what: string, work: () => Promise<void>) {
    setBusy(true);
    try {
      await work();
    } catch (error) {
      say(explain(what, error), { failed: true });
    } finally {
      setBusy(false);
      card.refresh();
      refetch("alarms", "incidents", "fleet");
    }
  }
  const acknowledge = () => {
    if (!alarm || !alarm.process.endsWith("_unacknowledged")) return;
    void act(t("act.acknowledge"), async () => {
      await post(`/alarms/${alarm.id}/acknowledge`, {});
    });
  };
  const send = (truck: RankedTruck | undefined) => {
    if (!truck || !row.incident || busy) return;
    const id = row.incident.id;
    void act(t("act.dispatch"), async () => {
      const { dispatch_id } = await post<{ dispatch_id: number }>(`/incidents/${id}/dispatch`, { truck_id: truck.truck_id });
      say(t("dispatch.sent", { truck: truck.code, place: row.place }), {
        undo: () => void act(t("act.cancelDispatch"), async () => {
          await post(`/dispatches/${dispatch_id}/cancel`, { reason: t("dispatch.undone") });
          card.ranking.refresh();
        }),
      });
    });
  };
  const advance = (track: TrackName, command: string) => {
    if (!incident) return;
    void act(word("track", track), async () => {
      await post(`/incidents/${incident.id}/tracks/${track}`, { command, note: "" });
    });
  };
  const close = (reason: string | null) => {
    if (!incident) return;
    void act(t("close.incident"), async () => {
      await post(`/incidents/${incident.id}/close`, reason === null ? {} : { reason });
      say(t("close.done", { number: incident.number }));
      onClose();
    });
  };
  acts.current = {
    acknowledge,
    shelve: () => { if (alarm) setDialog("shelve"); },
    callBack: () => { if (incident) setDialog("callback"); },
    send: (index) => send(choosing ? card.ranking.data?.ranked[index] : undefined),
  };
  useEffect(() => () => { acts.current = null; }, [acts]);

  return (
    <section className="inc" aria-label={t("card.label")}>
      <CardHead row={row} incident={incident} tank={card.tank.data} onClose={onClose} />
      <div className="body">
        <Why row={row} card={card} />
        {card.reports.length > 0 ? <Calls sent={card.reports} onPlace={(report) => setCallDialog({ kind: "place", report })} onAnswer={(report) => setCallDialog({ kind: "answer", report })} /> : null}
        {row.incident && choosing ? (
          <TruckChoice ranking={card.ranking.data} error={card.ranking.error} busy={busy} onSend={send} onRetry={card.ranking.refresh} />
        ) : null}
        {row.incident && !choosing && !stoodDown ? <JobProgress job={card.job.data} error={card.job.error ?? card.jobs.error} onReceipt={() => setDialog("receipt")} /> : null}
        {incident ? <Tracks incident={incident} busy={busy} onAdvance={advance} onStandDown={() => setDialog("standDown")} /> : null}
        {incident && !choosing && card.proof.data ? (
          <ProofAndClose proof={card.proof.data} busy={busy} onClose={close} onCallback={() => setDialog("callback")} onUnmeasurable={() => setDialog("unmeasurable")} />
        ) : null}
        {card.incident.error && !incident ? <EmptyState icon="warn" failed title={explain(t("card.label"), card.incident.error)} action={<Button onClick={card.refresh}>{t("again")}</Button>} /> : null}
      </div>
      <footer>
        {alarm ? <Button cap="A" disabled={busy || !alarm.process.endsWith("_unacknowledged")} onClick={acknowledge}>
          {alarm.process.endsWith("_unacknowledged") ? t("act.acknowledge") : t("act.acknowledged")}</Button> : null}
        {alarm ? <Button cap="S" onClick={() => setDialog("shelve")}>{t("act.shelve")}</Button> : null}
        {row.incident ? <Button cap="C" icon="phone" disabled={!incident} onClick={() => setDialog("callback")}>{t("act.callback")}</Button> : null}
        {!row.incident && alarm ? <Button look="main" onClick={() => setDialog("open")}>{t("act.open")}</Button> : null}
        <span className="end muted">{t("card.keys")}</span>
      </footer>
      {dialog === "shelve" && alarm ? <ShelveDialog alarm={alarm} onClose={() => setDialog(null)} /> : null}
      {dialog === "callback" && incident ? <CallbackDialog incident={incident} reports={card.reports} onClose={() => { setDialog(null); card.refresh(); }} /> : null}
      {dialog === "standDown" && incident ? <StandDownDialog incidentId={incident.id} place={row.place} onClose={() => { setDialog(null); card.refresh(); refetch("incidents"); }} /> : null}
      {dialog === "unmeasurable" && incident ? <UnmeasurableDialog incidentId={incident.id} onClose={() => { setDialog(null); card.refresh(); }} /> : null}
      {dialog === "receipt" && card.job.data ? <ReceiptDialog job={card.job.data} onClose={() => { setDialog(null); card.refresh(); }} /> : null}
      {callDialog?.kind === "place" ? <LocateDialog report={callDialog.report} onClose={() => { setCallDialog(null); card.refresh(); refetch("incidents"); }} /> : null}
      {callDialog?.kind === "answer" ? <AnswerDialog report={callDialog.report} onClose={() => { setCallDialog(null); card.refresh(); }} /> : null}
      {dialog === "open" && alarm ? <OpenIncidentDialog alarm={alarm} onClose={() => setDialog(null)} onOpened={() => refetch("incidents")} /> : null}
    </section>
  );
}

function tankFacts(row: Row, tank: TankDetail | null): string {
  const office = row.office;
  if (!tank) return office;
  const shape = tank.volume_m3 ? t("tank.shape", { n: tank.chambers ?? 1, m3: tank.volume_m3 }) : "";
  return [
    office, t("tank.code", { code: tank.code }), shape,
    tank.households ? t("tank.households", { n: tank.households }) : "",
    tank.keeper_name ? t("tank.keeper", { name: tank.keeper_name }) : "",
  ].filter(Boolean).join("·");
}

function CardHead({ row, incident, tank, onClose }: { row: Row; incident: Incident | null; tank: TankDetail | null; onClose: () => void }) {
  const lang = useLang();
  const at = useNow();
  const due = row.incident?.next_due_at ?? null;
  const shown = due ? countdown(Date.parse(due), at, row.incident ? Date.parse(row.incident.opened_at) : null, lang) : null;
  const sources = incident
    ? listed([
      incident.alarms.length > 0 ? t("card.alarms", { n: incident.alarms.length }) : "",
      incident.report_ids.length > 0 ? t("card.reports", { n: incident.report_ids.length }) : "",
      incident.recurrence_of !== null ? t("card.again") : "",
    ])
    : "";
  return (
    <header>
      <div className="row">
        <GradeTag grade={row.grade} />
        <span className="muted cut">
          {row.incident
            ? [t("card.incident", { number: row.incident.number }), t("card.opened", { when: hhmm(Date.parse(row.incident.opened_at)) }), sources].filter(Boolean).join("·")
            : t("card.noIncident")}
        </span>
        <button type="button" className="xbtn end" aria-label={t("close")} onClick={onClose}><Icon name="x" /></button>
      </div>
      <div className="ttl">
        <div className="grow"><h1>{row.place}</h1><p className="soft">{tankFacts(row, tank)}</p></div>
        {shown ? (
          <div className={`due clk-${shown.tone}`}>
            <b>{shown.text.replace(/^(剩|已超) | (left|late)$/g, "")}</b>
            <span>{t(shown.tone === "late" ? "card.dueLate" : "card.dueLeft", { clock: word("clock", row.incident?.next_due_clock) })}</span>
          </div>
        ) : null}
      </div>
    </header>
  );
}

function Why({ row, card }: { row: Row; card: Card }) {
  const lang = useLang();
  const tank = card.tank.data;
  const { alarm } = row;
  const head = headline(row, lang);
  const cover = tank?.cover_m ?? null;
  const freeboard = row.freeboard === null ? "" : t("why.freeboard", { cm: centimetres(row.freeboard) });
  const ahead = alarm?.overflow_at && Date.parse(alarm.overflow_at) > now() && !row.overflowing ? alarm.overflow_at : null;
  const forecast = ahead ? t("why.overflowAt", { when: hhmm(Date.parse(ahead)) }) : row.overflowing ? head.long : "";
  const interval = ahead && alarm?.overflow_from && alarm.overflow_to
    ? t("why.interval", { from: hhmm(Date.parse(alarm.overflow_from)), to: hhmm(Date.parse(alarm.overflow_to)) }) : "";
  const reason = alarm ? pick(alarm.reason_zh, alarm.reason_en) : "";
  const blind = tank !== null && (tank.has_sensor === false || (tank.sensors !== undefined && tank.sensors.length === 0));
  const title = listed([freeboard, forecast]) || head.long;
  if (!alarm && (blind || row.tankId === null)) {
    return <div className="sec"><p className="quiet">{row.tankId === null ? t("why.noTank") : t("why.noSensor")}</p></div>;
  }
  return (
    <div className="sec">
      <div className="hd">{title}<small>{interval}</small></div>
      {blind ? <p className="quiet">{t("why.noSensor")}</p> : cover !== null && card.readings.data
        ? <LevelCurve table={card.readings.data} cover={cover} outlet={tank?.outlet_m ?? null} alarm={alarm} grade={row.grade} />
        : <div className="curvebox" />}
      {reason ? <p className="why"><b>{t("why.title", { grade: word("grade", String(row.grade)) })}</b>{reason}</p> : null}
    </div>
  );
}

/** The latest call in one line; earlier ones open below it. */
interface CallActs {
  onPlace: (report: Report) => void;
  onAnswer: (report: Report) => void;
}

/** One call in full, with what can still be done for it. */
function CallBlock({ report, onPlace, onAnswer }: CallActs & { report: Report }) {
  return (
    <div className="more">
      <p>{report.text}</p>
      <p className="row">
        <span className="muted">{[report.number, hhmm(Date.parse(report.received_at)), word("channel", report.channel), report.reporter_masked, report.phone_masked].filter(Boolean).join("·")}</span>
        <button type="button" className="link end" onClick={() => onPlace(report)}>{t(report.tank_id === null ? "locate.do" : "locate.again")}</button>
        {report.answered_at
          ? <span className="muted">{t("answer.at", { when: hhmm(Date.parse(report.answered_at)) })}</span>
          : <button type="button" className="link" onClick={() => onAnswer(report)}>{t("answer.do")}</button>}
      </p>
    </div>
  );
}

function Calls({ sent, onPlace, onAnswer }: CallActs & { sent: Report[] }) {
  const reports = [...sent].reverse();
  return (
    <details className="sec calls">
      <summary><Icon name="down" /><b>{t("calls.title", { n: reports.length })}</b>{reports[0] ? <CallLine report={reports[0]} /> : null}</summary>
      {reports.map((report) => <CallBlock key={report.id} report={report} onPlace={onPlace} onAnswer={onAnswer} />)}
    </details>
  );
}

function CallLine({ report }: { report: Report }) {
  return (
    <>
      <span className="muted">{hhmm(Date.parse(report.received_at))}</span>
      <span className="cut grow" title={report.text}>{report.text}</span>
      <span className="muted nowrap">{word("channel", report.channel)}{report.phone_masked ? ` ${report.phone_masked}` : ""}</span>
    </>
  );
}
