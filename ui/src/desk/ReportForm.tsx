/** 登记来电: what was said, where, who calls; the place is found while it is typed. */
import { useEffect, useState, type FormEvent } from "react";
import { get, post, query } from "../shared/api";
import { Button, Dialog } from "../shared/components";
import { explain, t, useLang, word } from "../shared/i18n";
import { Icon } from "../shared/icons";
import { say } from "../shared/toast";
import type { Report } from "../shared/types";

interface Candidate {
  tank_id?: number | null;
  tank_code?: string | null;
  code?: string | null;
  community_id?: number | null;
  office_id?: number | null;
  name: string;
  score: number;
  because: string;
}

const CHANNELS = ["phone", "hotline", "wechat", "web", "visit", "letter"];
const TYPING_MS = 250;

function usePlaces(text: string): Candidate[] {
  const [found, setFound] = useState<Candidate[]>([]);
  useEffect(() => {
    if (text.trim().length < 2) {
      setFound([]);
      return undefined;
    }
    const abort = new AbortController();
    const timer = window.setTimeout(() => {
      get<{ candidates: Candidate[] }>(`/places${query({ q: text.trim() })}`, abort.signal)
        .then((answer) => setFound(answer.candidates.slice(0, 6)))
        .catch(() => setFound([]));
    }, TYPING_MS);
    return () => {
      window.clearTimeout(timer);
      abort.abort();
    };
  }, [text]);
  return found;
}

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
  const candidates = usePlaces(chosen ? "" : place);

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
        {chosen ? <p className="chosen"><Icon name="pin" />{chosen.name}<span className="muted">{chosen.because}</span></p> : null}
        {candidates.length > 0 ? (
          <ul className="cands">
            {candidates.map((one) => (
              <li key={`${one.tank_id ?? ""}-${one.community_id ?? ""}-${one.office_id ?? ""}-${one.name}`}>
                <button type="button" onClick={() => { setChosen(one); setPlace(one.name); }}><Icon name="pin" /><b>{one.name}</b><span className="muted">{one.because}</span></button>
              </li>
            ))}
          </ul>
        ) : null}
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
