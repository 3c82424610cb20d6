/** After the site is cleared: what proves it, the call back, and the closing of the incident. */
import { useState } from "react";
import { Button } from "../shared/components";
import { pick, t, useLang } from "../shared/i18n";
import { Icon } from "../shared/icons";
import type { Proof } from "../shared/types";

interface ProofProps {
  proof: Proof;
  busy: boolean;
  onClose: (reason: string | null) => void;
  onCallback: () => void;
  onUnmeasurable: () => void;
}

export function ProofAndClose({ proof, busy, onClose, onCallback, onUnmeasurable }: ProofProps) {
  useLang();
  const [reason, setReason] = useState<string | null>(null);
  const missing = proof.items.filter((item) => !item.ok).length;
  return (
    <div className="sec">
      <div className="hd">{t("proof.title")}<small>{missing === 0 ? t("proof.complete") : t("proof.missing", { n: missing })}</small></div>
      <ul className="proof">
        {proof.items.map((item) => (
          <li key={item.name} className={item.ok ? "ok" : undefined}>
            <Icon name={item.ok ? "check" : "minus"} /><span>{pick(item.zh, item.en)}</span>
            {item.name === "level" && !item.ok ? <button type="button" className="link nowrap" disabled={busy} onClick={onUnmeasurable}>{t("unmeasurable.do")}</button> : null}
          </li>
        ))}
      </ul>
      {reason === null ? (
        <div className="row">
          <Button look={proof.can_close ? "main" : "plain"} disabled={busy || !proof.can_close} onClick={() => onClose(null)}>{t("close.incident")}</Button>
          <Button icon="phone" onClick={onCallback}>{t("act.callback")}</Button>
          {proof.can_close ? null : <Button look="quiet" onClick={() => setReason("")}>{t("close.withReason")}</Button>}
        </div>
      ) : (
        <form onSubmit={(event) => { event.preventDefault(); onClose(reason); }}>
          <label className="field"><span>{t("close.reason")}</span>
            <input value={reason} autoFocus required minLength={4} onChange={(event) => setReason(event.target.value)} /></label>
          <div className="row">
            <Button type="submit" look="main" disabled={busy || reason.trim().length < 4}>{t("close.incident")}</Button>
            <Button onClick={() => setReason(null)}>{t("cancel")}</Button>
          </div>
        </form>
      )}
    </div>
  );
}
