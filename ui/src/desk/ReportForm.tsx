/** 登记来电: what was said, where, who calls; the place is found while it is typed. */
import { useState, type FormEvent } from "react";
import { post } from "../shared/api";
import { Button, Dialog } from "../shared/components";
import { explain, t, useLang, word } from "../shared/i18n";
import { say } from "../shared/toast";
import type { Report } from "../shared/types";
import { PlaceChoice, type Candidate } from "./PlaceChoice";

const CHANNELS = ["phone", "hotline", "wechat", "web", "visit", "letter"];

interface Props {
  onClose: () => void;
  onFiled: (report: Report) => void;
}

export function ReportForm({ onClose, onFiled }: Props) {
  useLang();
  const [channel, setChannel] = useState("phone");
  const [number, setNumber] = useState("");
  const [text, setText] = useState("");
  const [place, setPlace] = useState("");
  const [chosen, setChosen] = useState<Candidate | null>(null);
  const [name, setName] = useState("");
  const [phone, setPhone] = useState("");
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<string | null>(null);

  async function submit(event: FormEvent) {
    event.preventDefault();
    setBusy(true);
    setFailed(null);
    try {
      const filed = await post<Report>("/reports", {
        channel, text: text.trim(),
        ...(number ? { channel_number: number } : {}),
        ...(place ? { place } : {}),
        ...(name ? { reporter_name: name } : {}),
        ...(phone ? { reporter_phone: phone } : {}),
      });
      if (chosen?.tank_id && filed.tank_id !== chosen.tank_id) await post(`/reports/${filed.id}/locate`, { tank_id: chosen.tank_id });
      say(t("report.filed", { number: filed.number }));
      onFiled(filed);
      onClose();
    } catch (error) {
      setFailed(explain(t("report.title"), error));
    } finally {
      setBusy(false);
    }
  }

  return (
    <Dialog title={t("report.title")} onClose={onClose} wide>
      <form onSubmit={(event) => void submit(event)}>
        <div className="choice" role="group" aria-label={t("report.channel")}>
          {CHANNELS.map((one) => (
            <button key={one} type="button" className="btn" aria-pressed={channel === one} onClick={() => setChannel(one)}>{word("channel", one)}</button>
          ))}
        </div>
        {channel === "hotline" ? (
          <label className="field"><span>{t("report.number")}</span><input value={number} onChange={(event) => setNumber(event.target.value)} /></label>
        ) : null}
        <label className="field"><span>{t("report.text")}</span>
          <textarea value={text} required autoFocus maxLength={2000} placeholder={t("report.textHint")} onChange={(event) => setText(event.target.value)} /></label>
        <label className="field"><span>{t("report.place")}</span>
          <input value={place} placeholder={t("report.placeHint")} onChange={(event) => { setPlace(event.target.value); setChosen(null); }} /></label>
        <PlaceChoice text={place} chosen={chosen} onPick={(one) => { setChosen(one); setPlace(one.name); }} />
        <div className="two">
          <label className="field"><span>{t("report.name")}</span><input value={name} autoComplete="off" onChange={(event) => setName(event.target.value)} /></label>
          <label className="field"><span>{t("report.phone")}</span><input value={phone} inputMode="tel" autoComplete="off" onChange={(event) => setPhone(event.target.value)} /></label>
        </div>
        {failed ? <p className="failtext" role="alert">{failed}</p> : null}
        <div className="formfoot">
          <Button onClick={onClose}>{t("cancel")}</Button>
          <Button type="submit" look="main" disabled={busy || text.trim() === ""}>{t("report.file")}</Button>
        </div>
      </form>
    </Dialog>
  );
}
