/** What the desk does for one call: say which tank it is about, answer the caller. */
import { useState } from "react";
import { post } from "../shared/api";
import { t, useLang } from "../shared/i18n";
import { say } from "../shared/toast";
import type { Report } from "../shared/types";
import { FormDialog } from "./dialogs";
import { PlaceChoice, type Candidate } from "./PlaceChoice";

interface Props {
  report: Report;
  onClose: () => void;
}

export function LocateDialog({ report, onClose }: Props) {
  useLang();
  const [text, setText] = useState(report.tank_name ?? report.community_name ?? "");
  const [chosen, setChosen] = useState<Candidate | null>(null);
  const tank = chosen?.tank_id ?? null;
  return (
    <FormDialog title={t("locate.title", { number: report.number })} action={t("locate.do")} ready={tank !== null} onClose={onClose}
      send={async () => {
        await post(`/reports/${report.id}/locate`, { tank_id: tank });
        say(t("locate.done", { place: chosen?.name ?? "" }));
      }}>
      <p className="muted note">{report.text}</p>
      <label className="field"><span>{t("report.place")}</span>
        <input value={text} autoFocus placeholder={t("report.placeHint")} onChange={(event) => { setText(event.target.value); setChosen(null); }} /></label>
      <PlaceChoice text={text} chosen={chosen} onPick={(one) => { setChosen(one); setText(one.name); }} />
      {chosen && tank === null ? <p className="muted note">{t("locate.notTank")}</p> : null}
    </FormDialog>
  );
}

export function AnswerDialog({ report, onClose }: Props) {
  useLang();
  const [text, setText] = useState("");
  return (
    <FormDialog title={t("answer.title", { number: report.number })} action={t("answer.do")} ready={text.trim().length > 3} onClose={onClose}
      send={async () => {
        await post(`/reports/${report.id}/answer`, { text: text.trim() });
        say(t("answer.done"));
      }}>
      <p className="muted note">{report.text}</p>
      <label className="field"><span>{t("answer.text")}</span>
        <textarea value={text} autoFocus maxLength={2000} onChange={(event) => setText(event.target.value)} /></label>
    </FormDialog>
  );
}
