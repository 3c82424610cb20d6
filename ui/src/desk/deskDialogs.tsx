/** Three small forms with a reason: nothing to handle, level not measurable, a load at the plant. */
import { useState } from "react";
import { post } from "../shared/api";
import { t, useLang } from "../shared/i18n";
import { say } from "../shared/toast";
import type { Job, Plant } from "../shared/types";
import { useRemote } from "../shared/useRemote";
import { FormDialog } from "./dialogs";

interface IncidentProps {
  incidentId: number;
  place: string;
  onClose: () => void;
}

export function StandDownDialog({ incidentId, place, onClose }: IncidentProps) {
  useLang();
  const [note, setNote] = useState("");
  return (
    <FormDialog title={t("standDown.title", { place })} action={t("standDown.do")} ready={note.trim().length > 1} onClose={onClose}
      send={async () => {
        await post(`/incidents/${incidentId}/tracks/handle`, { command: "stand_down", note: note.trim() });
        say(t("standDown.done", { place }));
      }}>
      <p className="muted note">{t("standDown.say")}</p>
      <label className="field"><span>{t("standDown.note")}</span><input value={note} maxLength={2000} onChange={(event) => setNote(event.target.value)} /></label>
    </FormDialog>
  );
}

export function UnmeasurableDialog({ incidentId, onClose }: Omit<IncidentProps, "place">) {
  useLang();
  const [reason, setReason] = useState("");
  return (
    <FormDialog title={t("unmeasurable.title")} action={t("callback.save")} ready={reason.trim().length > 1} onClose={onClose}
      send={async () => {
        await post(`/incidents/${incidentId}/level-unmeasurable`, { reason: reason.trim() });
        say(t("unmeasurable.done"));
      }}>
      <label className="field"><span>{t("unmeasurable.reason")}</span><input value={reason} maxLength={2000} onChange={(event) => setReason(event.target.value)} /></label>
    </FormDialog>
  );
}

export function ReceiptDialog({ job, onClose }: { job: Job; onClose: () => void }) {
  useLang();
  const plants = useRemote<{ items: Plant[] }>("/plants");
  const [plant, setPlant] = useState<string | null>(null);
  const [volume, setVolume] = useState(job.volume_m3 ? String(job.volume_m3) : "");
  const [accepted, setAccepted] = useState(true);
  const [reason, setReason] = useState("");
  const code = plant ?? plants.data?.items[0]?.code ?? null;
  const m3 = Number(volume.replace(",", "."));
  return (
    <FormDialog title={t("receipt.title", { truck: job.truck_code })} action={t("receipt.do")} ready={code !== null && m3 > 0 && (accepted || reason.trim().length > 1)} onClose={onClose}
      send={async () => {
        await post("/receipts", { plant_code: code, truck_code: job.truck_code, job_id: job.id, volume_m3: m3, accepted, reason: accepted ? "" : reason.trim() });
        say(t("receipt.done"));
      }}>
      <div className="two">
        <label className="field"><span>{t("receipt.plant")}</span>
          <select value={code ?? ""} onChange={(event) => setPlant(event.target.value)}>{(plants.data?.items ?? []).map((one) => <option key={one.code} value={one.code}>{one.name}</option>)}</select></label>
        <label className="field"><span>{t("receipt.volume")}</span><input inputMode="decimal" value={volume} onChange={(event) => setVolume(event.target.value)} /></label>
      </div>
      <div className="choice">
        <button type="button" className="btn" aria-pressed={accepted} onClick={() => setAccepted(true)}>{t("plant.take")}</button>
        <button type="button" className="btn" aria-pressed={!accepted} onClick={() => setAccepted(false)}>{t("plant.refuse")}</button>
      </div>
      {accepted ? null : <label className="field"><span>{t("plant.reason")}</span><input value={reason} maxLength={2000} onChange={(event) => setReason(event.target.value)} /></label>}
    </FormDialog>
  );
}
