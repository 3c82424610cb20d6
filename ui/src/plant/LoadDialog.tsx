/** One load: which truck, how much, taken or refused; a refusal needs its reason. */
import { useState } from "react";
import { Button, Dialog } from "../shared/components";
import { t, useLang, type Key } from "../shared/i18n";
import type { Truck } from "../shared/types";

export interface Load {
  truck: string;
  jobId: number | null;
  volume: number | null;
  accepted: boolean;
}

const REASONS = ["oil", "solids", "source", "full", "paper"] as const;
const MOST_M3 = 60;

interface Props {
  load: Load;
  trucks: Truck[];
  onClose: () => void;
  onRecord: (load: Load, volume: number, accepted: boolean, reason: string) => void;
}

export function LoadDialog({ load, trucks, onClose, onRecord }: Props) {
  useLang();
  const [truck, setTruck] = useState(load.truck);
  const [accepted, setAccepted] = useState(load.accepted);
  const [volume, setVolume] = useState(load.volume === null ? "" : String(load.volume));
  const [reason, setReason] = useState("");
  const m3 = Number(volume.replace(",", "."));
  const fits = m3 > 0 && m3 <= MOST_M3;
  const ready = truck !== "" && fits && (accepted || reason.trim().length > 1);
  return (
    <Dialog title={load.truck ? t(accepted ? "plant.takeFrom" : "plant.refuseFrom", { truck: load.truck }) : t("plant.other")} onClose={onClose}>
      <form className="loadform" onSubmit={(event) => { event.preventDefault(); if (ready) onRecord({ ...load, truck }, m3, accepted, accepted ? "" : reason.trim()); }}>
        {load.truck === "" ? (
          <label className="field"><span>{t("col.truck")}</span>
            <select value={truck} onChange={(event) => setTruck(event.target.value)}>
              <option value="" />
              {[...trucks].sort((a, b) => a.code.localeCompare(b.code, "zh", { numeric: true })).map((one) => <option key={one.truck_id} value={one.code}>{one.code}{one.plate ? ` ${one.plate}` : ""}</option>)}
            </select></label>
        ) : null}
        <label className="field vol0"><span>{t("plant.howMuch")}</span>
          <input inputMode="decimal" name="volume" value={volume} onChange={(event) => setVolume(event.target.value)} /></label>
        <div className="choice">
          <button type="button" className="btn big" aria-pressed={accepted} onClick={() => setAccepted(true)}>{t("plant.take")}</button>
          <button type="button" className="btn big" aria-pressed={!accepted} onClick={() => setAccepted(false)}>{t("plant.refuse")}</button>
        </div>
        {accepted ? null : (
          <>
            <div className="reasons two0">
              {REASONS.map((one) => {
                const text = t(`plant.why.${one}` as Key);
                return <button key={one} type="button" className="btn big" aria-pressed={reason === text} onClick={() => setReason(text)}>{text}</button>;
              })}
            </div>
            <label className="field"><span>{t("plant.reason")}</span><input value={reason} maxLength={500} onChange={(event) => setReason(event.target.value)} /></label>
          </>
        )}
        <Button big type="submit" look="main" className="wide" disabled={!ready}>
          {!fits ? t("plant.needVolume") : !ready ? t(truck === "" ? "plant.needTruck" : "plant.needReason") : t(accepted ? "plant.takeM3" : "plant.refuseM3", { m3 })}
        </Button>
      </form>
    </Dialog>
  );
}
