/** What was found: tap what it is, tap how bad; a photo and a note when they help. */
import { useEffect, useRef, useState } from "react";
import { t, useLang, word } from "../shared/i18n";
import { Icon } from "../shared/icons";
import { hhmm } from "../shared/time";
import type { Finding } from "../shared/types";

const WHAT = ["overflow", "high_level", "blockage", "lid_broken", "lid_open", "smell", "access_blocked", "sensor_damaged", "other"];
const SEVERITY = ["minor", "moderate", "severe"] as const;

interface Props {
  found: Finding[];
  onRecord: (what: string, severity: string, note: string, file: File | null) => void;
}

export function FindingCard({ found, onRecord }: Props) {
  useLang();
  const [what, setWhat] = useState<string | null>(null);
  const [note, setNote] = useState("");
  const [file, setFile] = useState<File | null>(null);
  const more = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // The second tap must be on the screen when the first is done.
    if (what !== null) more.current?.scrollIntoView({ block: "end" });
  }, [what]);
  const send = (severity: string) => {
    if (what === null) return;
    onRecord(what, severity, note.trim(), file);
    setWhat(null);
    setNote("");
    setFile(null);
  };
  return (
    <section className="card find">
      <h3>{t("patrol.found")}</h3>
      {found.length > 0 ? (
        <ul className="had">
          {found.map((one) => (
            <li key={one.id}><Icon name={one.id < 0 ? "sync" : "check"} /><b>{word("finding", one.what)}</b>{word("severity", one.severity)}
              <time>{one.found_at ? hhmm(Date.parse(one.found_at)) : ""}</time></li>
          ))}
        </ul>
      ) : null}
      <div className="whats">
        {WHAT.map((one) => <button key={one} type="button" className="btn big" aria-pressed={what === one} onClick={() => setWhat(what === one ? null : one)}>{word("finding", one)}</button>)}
      </div>
      {what !== null ? (
        <div className="bad0" ref={more}>
          <div className="extra">
            <label className={file ? "add more" : "add"}>
              <Icon name={file ? "check" : "camera"} />{t(file ? "patrol.hasPhoto" : "patrol.photo")}
              <input type="file" accept="image/*" capture="environment" onChange={(event) => setFile(event.target.files?.[0] ?? null)} />
            </label>
            <textarea value={note} placeholder={t("patrol.note")} aria-label={t("patrol.note")} maxLength={500} onChange={(event) => setNote(event.target.value)} />
          </div>
          <p className="muted">{t("patrol.howBad")}</p>
          <div className="sevs">
            {SEVERITY.map((one) => (
              <button key={one} type="button" className={`btn big s-${one}`} onClick={() => send(one)}>
                <b>{word("severity", one)}</b><small>{t(`patrol.severity.${one}`)}</small>
              </button>
            ))}
          </div>
        </div>
      ) : null}
    </section>
  );
}
