/** The small forms of the desk: shelve, call back, open an incident. */
import { useState, type FormEvent, type ReactNode } from "react";
import { post } from "../shared/api";
import { Button, Dialog } from "../shared/components";
import { explain, t, useLang } from "../shared/i18n";
import { say } from "../shared/toast";
import type { Alarm, Incident, Report } from "../shared/types";

interface FormProps {
  title: string;
  action: string;
  ready: boolean;
  send: () => Promise<void>;
  onClose: () => void;
  children: ReactNode;
}

export function FormDialog({ title, action, ready, send, onClose, children }: FormProps) {
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<string | null>(null);
  async function submit(event: FormEvent) {
    event.preventDefault();
    setBusy(true);
    setFailed(null);
    try {
      await send();
      onClose();
    } catch (error) {
      setFailed(explain(title, error));
    } finally {
      setBusy(false);
    }
  }
  return (
    <Dialog title={title} onClose={onClose}>
      <form onSubmit={(event) => void submit(event)}>
        {children}
        {failed ? <p className="failtext" role="alert">{failed}</p> : null}
        <div className="formfoot">
          <Button onClick={onClose}>{t("cancel")}</Button>
          <Button type="submit" look="main" disabled={busy || !ready}>{action}</Button>
        </div>
      </form>
    </Dialog>
  );
}

function Choice<T extends string | number>({ values, value, name, onPick }: { values: T[]; value: T | null; name: (value: T) => string; onPick: (value: T) => void }) {
  return (
    <div className="choice">
      {values.map((one) => (
        <button key={one} type="button" className="btn" aria-pressed={value === one} onClick={() => onPick(one)}>{name(one)}</button>
      ))}
    </div>
  );
}

const SHELVE_MIN = [15, 60, 480];
const RED_MOST_MIN = 60;

export function ShelveDialog({ alarm, onClose }: { alarm: Alarm; onClose: () => void }) {
  useLang();
  const [minutes, setMinutes] = useState(15);
  const [reason, setReason] = useState("");
  const allowed = alarm.grade === 1 ? SHELVE_MIN.filter((one) => one <= RED_MOST_MIN) : SHELVE_MIN;
  return (
    <FormDialog title={t("shelve.title", { place: alarm.tank_name })} action={t("act.shelve")} ready={reason.trim().length > 1} onClose={onClose}
      send={async () => {
        await post(`/alarms/${alarm.id}/shelve`, { minutes, reason: reason.trim() });
        say(t("shelve.done", { place: alarm.tank_name }), { undo: () => void post(`/alarms/${alarm.id}/unshelve`).catch((error: unknown) => say(explain(t("act.unshelve"), error), { failed: true })) });
      }}>
      <Choice values={allowed} value={minutes} name={(one) => t(`shelve.${one as 15 | 60 | 480}`)} onPick={setMinutes} />
      {alarm.grade === 1 ? <p className="muted note">{t("shelve.red")}</p> : null}
      <label className="field"><span>{t("shelve.reason")}</span><input value={reason} autoFocus onChange={(event) => setReason(event.target.value)} /></label>
    </FormDialog>
  );
}

type Outcome = "reached" | "no_answer" | "refused";
const OUTCOMES: Outcome[] = ["reached", "no_answer", "refused"];

export function CallbackDialog({ incident, reports, onClose }: { incident: Incident; reports: Report[]; onClose: () => void }) {
  useLang();
  const [outcome, setOutcome] = useState<Outcome>("reached");
  const [solved, setSolved] = useState<"yes" | "no" | null>(null);
  const [stars, setStars] = useState<number | null>(null);
  const [note, setNote] = useState("");
  const reached = outcome === "reached";
  const who = reports.map((report) => [report.reporter_masked, report.phone_masked].filter(Boolean).join(" ")).filter(Boolean).join("、");
  return (
    <FormDialog title={t("callback.title", { place: incident.tank_name ?? incident.number })} action={t("callback.save")} ready={!reached || solved !== null} onClose={onClose}
      send={async () => {
        await post(`/incidents/${incident.id}/callbacks`, {
          outcome, ...(reached ? { solved: solved === "yes", ...(stars === null ? {} : { satisfaction: stars }) } : {}), ...(note ? { note } : {}),
        });
        say(t("callback.done"));
      }}>
      <p className="muted note">{who ? t("callback.who", { who }) : t("callback.nobody")}</p>
      <Choice values={OUTCOMES} value={outcome} name={(one) => t(`callback.${one}`)} onPick={setOutcome} />
      {reached ? (
        <>
          <p className="lbl">{t("callback.solved")}</p>
          <Choice values={["yes", "no"]} value={solved} name={(one) => t(`callback.${one as "yes" | "no"}`)} onPick={setSolved} />
          <p className="lbl">{t("callback.stars")}</p>
          <Choice values={[1, 2, 3, 4, 5]} value={stars} name={(one) => String(one)} onPick={setStars} />
        </>
      ) : null}
      <label className="field"><span>{t("callback.note")}</span><input value={note} onChange={(event) => setNote(event.target.value)} /></label>
    </FormDialog>
  );
}

export function OpenIncidentDialog({ alarm, onClose, onOpened }: { alarm: Alarm; onClose: () => void; onOpened: () => void }) {
  useLang();
  const [reason, setReason] = useState("");
  return (
    <FormDialog title={t("open.title", { place: alarm.tank_name })} action={t("act.open")} ready={reason.trim().length > 1} onClose={onClose}
      send={async () => {
        await post("/incidents", { tank_id: alarm.tank_id, reason: reason.trim() });
        onOpened();
      }}>
      <label className="field"><span>{t("open.reason")}</span><input value={reason} autoFocus onChange={(event) => setReason(event.target.value)} /></label>
    </FormDialog>
  );
}
