/** The control room: top bar, the watch screen, the other pages, and the keys of the desk. */
import { useEffect, useState } from "react";
import { Banner, Button, Dialog, KeyCap, Logo, Simulated } from "../shared/components";
import { Guard } from "../shared/Guard";
import { setLang, t, useLang, type Key } from "../shared/i18n";
import { Icon } from "../shared/icons";
import { go, usePath } from "../shared/router";
import { refreshMeta, signOut, useSession } from "../shared/session";
import { clockSpeed, hhmm, mdhm } from "../shared/time";
import { useNow } from "../shared/useNow";
import "./desk.css";
import "./map.css";
import { DoctorPage } from "./pages/DoctorPage";
import { DossierPage } from "./pages/DossierPage";
import { DossiersPage } from "./pages/DossiersPage";
import { JobsPage } from "./pages/JobsPage";
import { PatrolPage } from "./pages/PatrolPage";
import { ReportsPage } from "./pages/ReportsPage";
import { SchedulePage } from "./pages/SchedulePage";
import { StatisticsPage } from "./pages/StatisticsPage";
import { ReportForm } from "./ReportForm";
import { isTyping } from "./keys";
import { toggleMute, useMuted } from "./sound";
import { reconnect, refetch, SILENT_MS, startLive, useLive } from "./store";
import { TroubleBanner } from "./TroubleBanner";
import { Watch } from "./Watch";

const META_EVERY_MS = 60_000;

const TABS: { path: string; name: Key }[] = [
  { path: "/", name: "nav.watch" },
  { path: "/jobs", name: "nav.jobs" },
  { path: "/rounds", name: "nav.patrol" },
  { path: "/year", name: "nav.year" },
  { path: "/dossiers", name: "nav.dossiers" },
  { path: "/statistics", name: "nav.statistics" },
  { path: "/reports", name: "nav.reports" },
];
/** The digits after G keep their order; on screen the inbox stands beside the desk. */
const SHOWN = [0, 6, 1, 2, 3, 4, 5];

const DOSSIER = /^\/dossiers\/(\d+)$/;

function Page({ path }: { path: string }) {
  switch (path) {
    case "/jobs": return <JobsPage />;
    case "/rounds": return <PatrolPage />;
    case "/year": return <SchedulePage />;
    case "/dossiers": return <DossiersPage />;
    case "/statistics": return <StatisticsPage />;
    case "/doctor": return <DoctorPage />;
    case "/reports": return <ReportsPage />;
    default: {
      const dossier = DOSSIER.exec(path)?.[1];
      return dossier ? <Guard key={dossier}><DossierPage id={Number(dossier)} /></Guard> : null;
    }
  }
}

export default function DeskApp() {
  useLang();
  const path = usePath();
  const { user } = useSession();
  const own = SHOWN.flatMap((index) => TABS[index] ?? []);
  const tabs = user?.roles.includes("admin") ? [...own, { path: "/doctor", name: "nav.doctor" as Key }] : own;
  const section = DOSSIER.test(path) ? "/dossiers" : path;
  const known = tabs.some((tab) => tab.path === section);
  const [report, setReport] = useState(false);
  const [help, setHelp] = useState(false);
  const [search, setSearch] = useState("");

  useEffect(() => {
    const stop = startLive();
    const timer = window.setInterval(() => void refreshMeta().catch(() => undefined), META_EVERY_MS);
    return () => {
      stop();
      window.clearInterval(timer);
    };
  }, []);

  useEffect(() => {
    let leading = 0;
    function onKey(event: KeyboardEvent) {
      if (isTyping(event)) return;
      const digit = Number(event.key);
      if (Date.now() - leading < 1500 && digit >= 1 && digit <= TABS.length) {
        go(TABS[digit - 1]?.path ?? "/");
        leading = 0;
        event.stopImmediatePropagation();
      } else if (event.key === "g") leading = Date.now();
      else if (event.key === "n") { event.preventDefault(); setReport(true); }
      else if (event.key === "?") setHelp(true);
      else if (event.key === "/") { event.preventDefault(); document.getElementById("q")?.focus(); }
    }
    window.addEventListener("keydown", onKey, true);
    return () => window.removeEventListener("keydown", onKey, true);
  }, []);

  return (
    <div className="desk">
      <header className="top">
        <a className="brand" href="/" onClick={(event) => { event.preventDefault(); go("/"); }}><Logo />{t("brand")}<StationName /></a>
        <nav className="nav" aria-label={t("nav.label")}>
          {tabs.map((tab) => (
            <a key={tab.path} href={tab.path} aria-current={section === tab.path || (tab.path === "/" && !known) ? "page" : undefined}
              onClick={(event) => { event.preventDefault(); go(tab.path); }}>{t(tab.name)}</a>
          ))}
        </nav>
        <span className="end" />
        <Button icon="phone" cap="N" className="newreport" onClick={() => setReport(true)}>{t("report.title")}</Button>
        <label className="search">
          <Icon name="search" />
          <input id="q" value={search} placeholder={t("search.hint")} aria-label={t("search.hint")}
            onChange={(event) => { setSearch(event.target.value); if (path !== "/") go("/"); }}
            onKeyDown={(event) => { if (event.key === "Escape") { setSearch(""); event.currentTarget.blur(); } }} />
          <KeyCap>/</KeyCap>
        </label>
        <SoundButton />
        <UserMenu />
        <DeskClock />
      </header>
      <StaleBanner />
      <TroubleBanner />
      {path === "/" || !known ? <Watch search={search} /> : <main className="page"><Page path={path} /></main>}
      {report ? <ReportForm onClose={() => setReport(false)} onFiled={() => refetch("incidents", "alarms")} /> : null}
      {help ? <HelpDialog onClose={() => setHelp(false)} /> : null}
    </div>
  );
}

function StationName() {
  const { meta } = useSession();
  return <><small>{(meta?.station ?? "").replace(/[（(](仿真|simulated)[）)]$/, "")}</small>{meta?.simulated ? <Simulated /> : null}</>;
}

function SoundButton() {
  const muted = useMuted();
  return (
    <button type="button" className="snd" aria-pressed={!muted} title={t("key.mute")} onClick={toggleMute}>
      <Icon name={muted ? "mute" : "bell"} />{t(muted ? "sound.off" : "sound.on")}
    </button>
  );
}

function UserMenu() {
  const lang = useLang();
  const { user } = useSession();
  return (
    <details className="me">
      <summary><Icon name="user" />{user?.name ?? ""}</summary>
      <div className="menu" onClick={(event) => event.currentTarget.parentElement?.removeAttribute("open")}>
        <button type="button" onClick={() => setLang(lang === "zh" ? "en" : "zh")}>{lang === "zh" ? "English" : "中文"}</button>
        <button type="button" onClick={() => go("/wall")}>{t("menu.wall")}</button>
        <button type="button" onClick={() => go("/crew")}>{t("menu.crew")}</button>
        <button type="button" onClick={() => go("/patrol")}>{t("menu.patrol")}</button>
        <button type="button" onClick={() => go("/plant")}>{t("menu.plant")}</button>
        <button type="button" onClick={() => void signOut()}><Icon name="out" />{t("menu.signOut")}</button>
      </div>
    </details>
  );
}

function DeskClock() {
  const at = useNow();
  const speed = clockSpeed();
  return <span className="clock">{mdhm(at)}{speed !== 1 ? <small title={t("clock.speed", { n: speed })}>×{speed}</small> : null}</span>;
}

function StaleBanner() {
  useNow();
  const live = useLive();
  const silent = Date.now() - live.aliveWall;
  if (silent <= SILENT_MS) return null;
  return (
    <Banner icon="wifioff" title={t("stale.title", { when: hhmm(live.aliveAt) })}
      action={<Button onClick={reconnect}>{t("reconnect")}</Button>}>
      {t("stale.say", { s: Math.round(silent / 1000) })}
    </Banner>
  );
}

const KEYS: [string, Key][] = [
  ["J K", "key.rows"], ["Enter", "key.open"], ["A", "key.ack"], ["D 1–9", "key.dispatch"], ["S", "key.shelve"], ["C", "key.callback"],
  ["N", "key.report"], ["T", "key.due"], ["M", "key.mute"], ["G 1–7", "key.pages"], ["/", "key.search"], ["Esc", "key.esc"], ["?", "key.help"],
];

function HelpDialog({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title={t("help.title")} onClose={onClose}>
      <dl className="keys">
        {KEYS.map(([key, name]) => <div key={key}><dt><KeyCap>{key}</KeyCap></dt><dd>{t(name)}</dd></div>)}
      </dl>
    </Dialog>
  );
}
