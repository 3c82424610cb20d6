/** 作业步骤: done steps in a line each, the current one open, its photo, one button. */
import { useEffect, useState } from "react";
import { Button } from "../shared/components";
import { pick, t, useLang, word, type Key } from "../shared/i18n";
import { Icon } from "../shared/icons";
import { centimetres, hhmm } from "../shared/time";
import type { Job, SopStep } from "../shared/types";
import { useNow } from "../shared/useNow";
import { currentStep, missingPhotos, nextAct, type NextAct } from "./localJob";
import { unseen, useOutbox } from "../phone/outbox";

interface Props {
  job: Job;
  onStep: (step: string) => void;
  onCommand: (command: string, body?: { volume_m3?: number }) => void;
  onPhoto: (kind: string, file: File) => void;
  onGas: () => void;
  onBlock: () => void;
}

export function Steps({ job, onStep, onCommand, onPhoto, onGas, onBlock }: Props) {
  useLang();
  const [volume, setVolume] = useState(job.volume_m3 === null ? "" : String(job.volume_m3));
  const { steps } = job.sop;
  const current = currentStep(job);
  const at = current ? steps.indexOf(current) : steps.length;
  const next = nextAct(job, useNow());
  const m3 = Number(volume.replace(",", "."));
  const press = () => {
    if (next.do === "gas") onGas();
    else if (next.do === "step") onStep(next.step.id);
    else if (next.do === "command") onCommand(next.command);
    else if (next.do === "volume") onCommand("finish-pumping", { volume_m3: m3 });
  };
  const shots = job.photos.filter((photo) => photo.kind !== current?.photo_kind).slice(-3);
  return (
    <>
      <div className="prog"><i style={{ width: `${(at / Math.max(1, steps.length)) * 100}%` }} /></div>
      <div className="pbody stepbody">
        <ul className="steps">
          {steps.slice(0, at).map((step) => (
            <li key={step.id} className="ok"><Icon name="check" /><span>{pick(step.title_zh, step.title_en)}</span><time>{step.done_at ? hhmm(Date.parse(step.done_at)) : ""}</time></li>
          ))}
        </ul>
        {shots.length > 0 ? <div className="strip">{shots.map((photo) => <Shot key={photo.sha256} photo={photo} />)}</div> : null}
        {job.state === "blocked" ? <section className="stop small" role="status"><h2>{t("block.title")}</h2><p>{job.reason ?? ""}</p></section> : null}
        {current ? (
          <section className="card cur">
            <div className="row"><b className="no">{at + 1}</b><h2>{pick(current.title_zh, current.title_en)}</h2></div>
            <p>{pick(current.rule_zh, current.rule_en)}</p>
            <Figures job={job} />
            {next.do === "volume" ? null : <Shots job={job} step={current} onPhoto={onPhoto} />}
            {next.do === "volume" ? <VolumeField value={volume} onChange={setVolume} /> : null}
          </section>
        ) : (
          <section className="card cur">
            <h2>{word("job", job.state)}</h2>
            <p>{job.receipts.length > 0 ? t("steps.receiptDone", { number: job.receipts.at(-1)?.number ?? "", m3: job.receipts.at(-1)?.volume_m3 ?? "" }) : t("steps.receipt")}</p>
            <Figures job={job} />
          </section>
        )}
        <ul className="steps nx">
          {steps.slice(at + 1).map((step, index) => <li key={step.id}><b>{at + 2 + index}</b><span>{pick(step.title_zh, step.title_en)}</span></li>)}
        </ul>
      </div>
      <footer className="pfoot">
        <Button big className="blk" disabled={!job.allowed.includes("block")} onClick={onBlock}>{t("block.title")}</Button>
        <Button big look="main" disabled={next.do === "photo" || next.do === "nothing" || (next.do === "volume" && !(m3 > 0))} onClick={press}>{buttonText(next)}</Button>
      </footer>
    </>
  );
}

function photoName(step: SopStep): string {
  return pick(step.photo_name_zh, step.photo_name_en) || word("photo", step.photo_kind);
}

function buttonText(next: NextAct): string {
  switch (next.do) {
    case "gas": return t("gas.test");
    case "photo": return t("steps.needs", { what: photoName(next.step) });
    case "step": return t("steps.next");
    case "volume": return t("crew.do.finish-pumping");
    case "command": return t(`crew.do.${next.command}` as Key);
    case "nothing": return t("loading");
  }
}

function Figures({ job }: { job: Job }) {
  const { freeboard_m: freeboard } = job.tank;
  if (freeboard === null && job.volume_m3 === null) return null;
  return (
    <div className="lv">
      <div><span>{t("steps.level")}</span><b>{freeboard === null ? "–" : centimetres(-freeboard)}<small> cm</small></b></div>
      <div><span>{t("steps.pumped")}</span><b>{job.volume_m3 ?? "–"}<small> m³</small></b></div>
    </div>
  );
}

function VolumeField({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  return (
    <label className="vol"><span>{t("steps.volume")}</span>
      <input inputMode="decimal" name="volume" value={value} onChange={(event) => onChange(event.target.value)} /></label>
  );
}

function Shots({ job, step, onPhoto }: { job: Job; step: SopStep; onPhoto: (kind: string, file: File) => void }) {
  const kind = step.photo_kind;
  if (!kind) return null;
  const missing = missingPhotos(job, step);
  return (
    <div className="shots">
      {job.photos.filter((photo) => photo.kind === kind).map((photo) => <Shot key={photo.sha256} photo={photo} />)}
      <label className={missing > 0 ? "add" : "add more"}>
        <Icon name="camera" />{t("steps.photo", { what: photoName(step) })}
        {missing > 0 ? <small>{t("steps.must").replace("1", String(missing))}</small> : null}
        <input type="file" accept="image/*" capture="environment" onChange={(event) => {
          const file = event.target.files?.[0];
          if (file) onPhoto(kind, file);
          event.target.value = "";
        }} />
      </label>
    </div>
  );
}

function Shot({ photo }: { photo: Job["photos"][number] }) {
  const outbox = useOutbox();
  const { online } = outbox;
  const [failed, setFailed] = useState(false);
  const [local, setLocal] = useState<string | null>(null);
  const key = photo.sha256.startsWith("local:") ? photo.sha256.slice(6) : null;
  const blob = key === null ? undefined : unseen(outbox).find((entry) => entry.key === key)?.blob;
  useEffect(() => {
    if (!blob) return undefined;
    const url = URL.createObjectURL(blob);
    setLocal(url);
    return () => URL.revokeObjectURL(url);
  }, [blob]);
  // A picture that did not come without signal is asked for again with it.
  useEffect(() => setFailed(false), [online]);
  const source = key === null ? `/api/v1/photos/${photo.sha256}` : local;
  return (
    <figure>
      {source && !failed ? <img src={source} alt={word("photo", photo.kind)} onError={() => setFailed(true)} /> : <span className="nopic"><Icon name="camera" /></span>}
      <figcaption>{word("photo", photo.kind)} {photo.taken_at ? hhmm(Date.parse(photo.taken_at)) : ""}</figcaption>
    </figure>
  );
}
