/** 来件: the inbox. Where it is, whether it was answered, and the three things to do with one. */
import { useEffect, useState } from "react";
import { post } from "../../shared/api";
import { Clock } from "../../shared/components";
import { t, useLang, word } from "../../shared/i18n";
import { mdhm } from "../../shared/time";
import { say } from "../../shared/toast";
import type { Report } from "../../shared/types";
import { useRemote } from "../../shared/useRemote";
import { FormDialog } from "../dialogs";
import { AnswerDialog, LocateDialog } from "../reportDialogs";
import { onEntry } from "../store";
import { DataPage } from "./DataPage";

const SETTLE_MS = 500;
type Act = "locate" | "answer" | "return";
const ENDED = new Set(["closed", "returned"]);

export function ReportsPage() {
  useLang();
  const [open, setOpen] = useState(true);
  const [act, setAct] = useState<{ kind: Act; report: Report } | null>(null);
  const remote = useRemote<{ items: Report[] }>(open ? "/reports?open=true" : "/reports?open=false&limit=500");
  const { refresh } = remote;
  useEffect(() => {
    let timer = 0;
    const stop = onEntry((entry) => {
      if (timer || !entry.kind.startsWith("report.")) return;
      timer = window.setTimeout(() => { timer = 0; refresh(); }, SETTLE_MS);
    });
    return () => {
      stop();
      window.clearTimeout(timer);
    };
  }, [refresh]);
  const close = () => {
    setAct(null);
    refresh();
  };
  return (
    <>
      <DataPage title={t("nav.reports")} say={t("reports.say")} remote={remote} items={remote.data?.items ?? null} id={(one) => one.id} empty={t("reports.empty")}
        tools={
          <div className="tabs">
            <button type="button" aria-selected={open || undefined} onClick={() => setOpen(true)}>{t("reports.open")}</button>
            <button type="button" aria-selected={!open || undefined} onClick={() => setOpen(false)}>{t("tab.all")}</button>
          </div>
        }
        columns={[
          { head: t("nav.reports"), cell: (one) => <b className="nowrap">{one.number}</b> },
          { head: t("col.received"), cell: (one) => <span className="nowrap">{mdhm(Date.parse(one.received_at))}</span> },
          { head: t("col.channel"), cell: (one) => <span className="nowrap">{word("channel", one.channel)}{one.channel_number ? ` ${one.channel_number}` : ""}</span> },
          { head: t("col.said"), cell: (one) => <><span className="two-lines" title={one.text}>{one.text}</span><small className="muted">{[word("urgency", one.urgency), one.reporter_masked, one.phone_masked, one.repeat ? t("reports.repeat") : ""].filter(Boolean).join("·")}</small></> },
          { head: t("col.place"), cell: (one) => <>{one.tank_name ?? one.community_name ?? one.office_name ?? "–"}{one.tank_id === null ? <small className="muted"> {t("why.noTank").split(/[，,]/)[0]}</small> : null}</> },
          { head: t("col.state"), cell: (one) => <span className="nowrap">{word("reports.status", one.status)}</span> },
          { head: t("col.incident"), cell: (one) => <span className="nowrap">{one.incident_number ?? ""}</span> },
          { head: t("col.due"), figure: true, cell: (one) => (one.answered_at ? t("answer.at", { when: mdhm(Date.parse(one.answered_at)) }) : one.due_at && !ENDED.has(one.status) ? <Clock due={one.due_at} start={one.received_at} /> : "") },
          { head: t("col.act"), cell: (one) => (ENDED.has(one.status) ? "" : (
            <span className="row nowrap">
              <button type="button" className="link" onClick={() => setAct({ kind: "locate", report: one })}>{t(one.tank_id === null ? "locate.do" : "locate.again")}</button>
              <button type="button" className="link" onClick={() => setAct({ kind: "answer", report: one })}>{t("answer.do")}</button>
              <button type="button" className="link" onClick={() => setAct({ kind: "return", report: one })}>{t("reports.return")}</button>
            </span>
          )) },
        ]} />
      {act?.kind === "locate" ? <LocateDialog report={act.report} onClose={close} /> : null}
      {act?.kind === "answer" ? <AnswerDialog report={act.report} onClose={close} /> : null}
      {act?.kind === "return" ? <ReturnDialog report={act.report} onClose={close} /> : null}
    </>
  );
}

function ReturnDialog({ report, onClose }: { report: Report; onClose: () => void }) {
  const [reason, setReason] = useState("");
  return (
    <FormDialog title={t("reports.returnTitle", { number: report.number })} action={t("reports.return")} ready={reason.trim().length > 1} onClose={onClose}
      send={async () => {
        await post(`/reports/${report.id}/return`, { reason: reason.trim() });
        say(t("reports.returned", { number: report.number }));
      }}>
      <p className="muted note">{report.text}</p>
      <label className="field"><span>{t("reports.returnWhy")}</span><input value={reason} maxLength={2000} onChange={(event) => setReason(event.target.value)} /></label>
    </FormDialog>
  );
}
