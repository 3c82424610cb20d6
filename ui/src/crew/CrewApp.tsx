/** The crew's phone: next job, gas gate, steps; it works without signal. */
import { useEffect, useState } from "react";
import { Button, Dialog, EmptyState, Simulated } from "../shared/components";
import { explain, setLang, t, useLang, type Key } from "../shared/i18n";
import { Icon } from "../shared/icons";
import { go } from "../shared/router";
import { refreshMeta, signOut, useSession } from "../shared/session";
import { now } from "../shared/time";
import { say } from "../shared/toast";
import "./crew.css";
import { GasGate } from "./GasGate";
import type { Act } from "./localJob";
import { NextJob } from "./NextJob";
import { flush, hold, startOutbox, useOutbox } from "./outbox";
import { shrink, whereAmI } from "./photo";
import { Steps } from "./Steps";
import { useJobs } from "./useJobs";

const ON_ROAD = new Set(["planned", "offered", "accepted", "en_route"]);
const META_EVERY_MS = 60_000;

let started = false;

export default function CrewApp() {
  useLang();
  const { user } = useSession();
  const { job, ready, waiting, error } = useJobs(user?.truck_code ?? null);
  const [page, setPage] = useState<"work" | "gas">("work");
  const [blocking, setBlocking] = useState(false);

  useEffect(() => {
    if (!started) {
      started = true;
      void startOutbox();
      // The scope is the crew page alone: the control room is never served from a cache.
      if ("serviceWorker" in navigator && import.meta.env.PROD) void navigator.serviceWorker.register("/sw.js", { scope: "/crew" });
      if (navigator.storage?.persist) void navigator.storage.persist();
    }
    const timer = window.setInterval(() => void refreshMeta().catch(() => undefined), META_EVERY_MS);
    return () => window.clearInterval(timer);
  }, []);

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
    const taken = new Date(now()).toISOString().replace(/\.\d+Z$/, "Z");
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
      <CrewBar title={job === null || onRoad ? t("crew.next") : gas ? t("crew.gas") : t("crew.steps")} waiting={waiting}
        onBack={gas ? () => setPage("work") : null} step={job && !onRoad && !gas ? stepCount(job.sop.steps) : null} place={gas ? job.tank.name : null} />
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

interface BarProps {
  title: string;
  waiting: number;
  onBack: (() => void) | null;
  step: { at: number; of: number } | null;
  place: string | null;
}

function CrewBar({ title, waiting, onBack, step, place }: BarProps) {
  const lang = useLang();
  const { user, meta } = useSession();
  return (
    <header className="pbar">
      {onBack ? <button type="button" className="back" aria-label={t("crew.back")} onClick={onBack}><Icon name="left" /></button> : null}
      <h1>{title}</h1>
      {meta?.simulated ? <Simulated /> : null}
      {waiting > 0 && !onBack ? <span className="tag">{t("crew.more", { n: waiting })}</span> : null}
      {step ? <span className="end"><b className="big">{step.at}</b><span className="muted"> / {step.of}</span></span>
        : place ? <span className="end muted cut">{place}</span>
        : (
          <details className="end me">
            <summary><Icon name="truck" />{user?.truck_code ?? user?.name}</summary>
            <div className="menu" onClick={(event) => event.currentTarget.parentElement?.removeAttribute("open")}>
              <button type="button" onClick={() => setLang(lang === "zh" ? "en" : "zh")}>{lang === "zh" ? "English" : "中文"}</button>
              {user && user.roles.some((role) => role !== "crew") ? <button type="button" onClick={() => go("/")}>{t("nav.watch")}</button> : null}
              <button type="button" onClick={() => void signOut()}>{t("menu.signOut")}</button>
            </div>
          </details>
        )}
    </header>
  );
}

function SignalBanner() {
  const { entries, online } = useOutbox();
  const photos = entries.filter((entry) => entry.act.kind === "photo").length;
  if (!online) {
    return (
      <div className="offl" role="status"><Icon name="wifioff" />
        <div><b>{t("offline.title")}</b><span>{entries.length > 0 ? t("offline.kept", { n: entries.length - photos, photos }) : t("offline.none")}</span></div>
        {entries.length > 0 ? <button type="button" className="end" onClick={() => void flush()} aria-label={t("again")}><Icon name="sync" /></button> : null}
      </div>
    );
  }
  if (entries.length > 1) return <div className="offl thin" role="status"><Icon name="sync" /><span>{t("outbox.sending", { n: entries.length })}</span></div>;
  if (!window.isSecureContext) return <div className="offl thin" role="status"><Icon name="info" /><span>{t("insecure")}</span></div>;
  return null;
}

function Message({ title, text }: { title: string; text: string }) {
  return <div className="pbody"><EmptyState icon="check" title={title}>{text}</EmptyState></div>;
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
