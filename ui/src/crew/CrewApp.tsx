/** The crew's phone: next job, gas gate, steps; it works without signal. */
import { useEffect, useState } from "react";
import { Button, Dialog } from "../shared/components";
import { explain, t, useLang, type Key } from "../shared/i18n";
import { useSession } from "../shared/session";
import { say } from "../shared/toast";
import { hold, isoNow } from "../phone/outbox";
import { Message, PhoneBar, SignalBanner, usePhone } from "../phone/PhoneShell";
import { shrink, whereAmI } from "../phone/photo";
import { GasGate } from "./GasGate";
import type { Act } from "./localJob";
import { NextJob } from "./NextJob";
import { Steps } from "./Steps";
import { useJobs } from "./useJobs";

const ON_ROAD = new Set(["planned", "offered", "accepted", "en_route"]);

export default function CrewApp() {
  useLang();
  const { user } = useSession();
  const { job, ready, waiting, error } = useJobs(user?.truck_code ?? null);
  const [page, setPage] = useState<"work" | "gas">("work");
  const [blocking, setBlocking] = useState(false);

  usePhone("/crew");

  const offered = job?.state === "offered" ? job.id : null;
  useEffect(() => {
    if (offered !== null) navigator.vibrate?.([300, 120, 300]);
  }, [offered]);

  useEffect(() => {
    if (job && ["pumping", "pumped", "disposed"].includes(job.state)) setPage("work");
  }, [job?.state]);

  const act = (done: Act) => {
    if (!job) return;
    hold(job.id, done).catch((failed: unknown) => say(explain(t("crew.steps"), failed), { failed: true }));
  };
  const command = (name: string, body: { volume_m3?: number; reason?: string } = {}) => act({ kind: "command", command: name, body });
  const photo = async (kind: string, file: File) => {
    if (!job) return;
    const taken = isoNow();
    try {
      const [blob, place] = await Promise.all([shrink(file), whereAmI()]);
      await hold(job.id, { kind: "photo", photo: kind, taken_at: taken }, { blob, place });
    } catch (failed) {
      say(explain(t("crew.do.photo"), failed), { failed: true });
    }
  };

  const onRoad = job !== null && ON_ROAD.has(job.state);
  const gas = job !== null && !onRoad && page === "gas" && ["arrived", "gas_cleared"].includes(job.state);
  return (
    <div className="phone">
      <SignalBanner />
      <PhoneBar title={job === null || onRoad ? t("crew.next") : gas ? t("crew.gas") : t("crew.steps")} tag={waiting > 0 ? t("crew.more", { n: waiting }) : null}
        icon="truck" name={user?.truck_code || user?.name || ""} onBack={gas ? () => setPage("work") : null}
        step={job && !onRoad && !gas ? stepCount(job.sop.steps) : null} place={gas ? job.tank.name : null} />
      {user?.truck_code == null ? <Message title={t("crew.noTruck")} text={t("crew.noTruckSay")} />
        : !ready ? (error ? <Message title={explain(t("crew.next"), error)} text="" /> : <p className="boot muted" role="status">{t("loading")}</p>)
        : job === null ? <Message title={t("crew.none")} text={t("crew.noneSay")} />
        : job.state === "finished" ? <Message title={t("steps.finished")} text={t("steps.finishedSay")} />
        : onRoad ? <NextJob job={job} onCommand={command} onBlock={() => setBlocking(true)} />
        : gas ? (
          <GasGate job={job} crewName={job.crew_name ?? user.name}
            onTest={(entry) => act({ kind: "gas", entry })} onPump={() => { act({ kind: "step", step: "gas" }); command("start-pumping"); setPage("work"); }} onBlock={() => setBlocking(true)} />
        ) : (
          <Steps job={job} onStep={(step) => act({ kind: "step", step })} onCommand={command} onPhoto={(kind, file) => void photo(kind, file)}
            onGas={() => setPage("gas")} onBlock={() => setBlocking(true)} />
        )}
      {blocking && job ? <BlockDialog onClose={() => setBlocking(false)} onBlock={(reason) => { command("block", { reason }); setBlocking(false); }} /> : null}
    </div>
  );
}

function stepCount(steps: { done_at: string | null }[]): { at: number; of: number } {
  const done = steps.filter((step) => step.done_at !== null).length;
  return { at: Math.min(steps.length, done + 1), of: steps.length };
}

const REASONS = ["lane", "lid", "gas", "people", "truck"] as const;

function BlockDialog({ onClose, onBlock }: { onClose: () => void; onBlock: (reason: string) => void }) {
  const [reason, setReason] = useState("");
  return (
    <Dialog title={t("block.title")} onClose={onClose}>
      <p className="muted">{t("block.say")}</p>
      <div className="reasons">
        {REASONS.map((one) => {
          const text = t(`block.${one}` as Key);
          return <button key={one} type="button" className="btn big" aria-pressed={reason === text} onClick={() => setReason(text)}>{text}</button>;
        })}
      </div>
      <label className="field"><span>{t("block.reason")}</span><input value={reason} onChange={(event) => setReason(event.target.value)} /></label>
      <Button big look="main" className="wide" disabled={reason.trim().length < 2} onClick={() => onBlock(reason.trim())}>{t("block.send")}</Button>
    </Dialog>
  );
}
