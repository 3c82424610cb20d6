/** 大屏: four counts, what needs a person, the map, the trucks, today, and the next 24 hours. No clicks. */
import { lazy, Suspense, useEffect, useLayoutEffect, useMemo, useState } from "react";
import { get, query } from "../shared/api";
import { Banner, Clock, GradeShape, Logo, Simulated, TruckGlyph } from "../shared/components";
import { Guard } from "../shared/Guard";
import { listed, t, useLang, word } from "../shared/i18n";
import { go } from "../shared/router";
import { refreshMeta, useSession } from "../shared/session";
import { clockSpeed, hhmm, now, thousands, weekday } from "../shared/time";
import type { Grade, TruckState, Way } from "../shared/types";
import { useNow } from "../shared/useNow";
import type { LonLat } from "../desk/mapData";
import { because, headline } from "../desk/rowText";
import { buildRows, type Row } from "../desk/rows";
import type { DeskState } from "../desk/state";
import { SILENT_MS, startLive, useLive } from "../desk/store";
import { TroubleBanner } from "../desk/TroubleBanner";
import { HorizonStrip } from "./Horizon";
import { Today } from "./Today";
import "../desk/map.css";
import "./wall.css";

const WallMap = lazy(() => import("./WallMap"));
const META_EVERY_MS = 60_000;
const ROUTE_EVERY_MS = 15_000;
const HINT_MS = 15_000;
const LINES = 5;
const CALLED = 2;
const GRADES: Grade[] = [1, 2, 3, 4];
const STATES: TruckState[] = ["idle", "en_route", "working", "hauling"];

export default function WallApp() {
  useLang();
  useNow();
  const live = useLive();
  const { state } = live;
  const rows = useMemo(() => buildRows(state).filter((row) => row.tab !== "shelved"), [state]);
  const called = rows.filter((row) => row.grade === 1).slice(0, CALLED);
  const routes = useRoutes(state, called);

  useLayoutEffect(() => {
    document.documentElement.dataset["theme"] = "wall";
    return () => { delete document.documentElement.dataset["theme"]; };
  }, []);

  useEffect(() => {
    const stop = startLive();
    const timer = window.setInterval(() => void refreshMeta().catch(() => undefined), META_EVERY_MS);
    return () => {
      stop();
      window.clearInterval(timer);
    };
  }, []);

  useEffect(() => {
    function onKey(event: KeyboardEvent) {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === "f" || event.key === "F") void toggleFull();
      else if (event.key === "Escape" && !document.fullscreenElement) go("/");
    }
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);

  const stale = Date.now() - live.aliveWall > SILENT_MS;
  return (
    <div className="w">
      <WallHead state={state} />
      <section className="left">
        <div className="gr">
          {GRADES.map((grade) => {
            const n = rows.filter((row) => row.grade === grade).length;
            return <div key={grade} className={n > 0 && grade === 1 ? "c1" : undefined}><span><GradeShape grade={grade} colored />{word("grade", String(grade))}</span><b>{n}</b></div>;
          })}
        </div>
        <h2>{t("wall.needed")}<small>{t("wall.neededSay")}</small></h2>
        {rows.length === 0
          ? <p className="nt calm">{live.ready ? t("list.calm") : t("loading")}</p>
          : <ul className="dueList">{rows.slice(0, LINES).map((row) => <Line key={row.key} row={row} state={state} />)}</ul>}
      </section>
      <section className={stale ? "map stale" : "map"}>
        {live.ready && live.roads ? (
          <Guard><Suspense fallback={null}><WallMap state={state} rows={rows} roads={live.roads} called={called} routes={routes} /></Suspense></Guard>
        ) : <p className="boot muted" role="status">{t("loading")}</p>}
      </section>
      <section className="right">
        <Trucks state={state} />
        <Today incidents={state.incidents} />
      </section>
      <HorizonStrip rows={rows} />
      <div className="over">
        {stale ? <Banner icon="wifioff" title={t("stale.title", { when: hhmm(live.aliveAt) })}>{t("stale.say", { s: Math.round((Date.now() - live.aliveWall) / 1000) })}</Banner> : null}
        <TroubleBanner />
      </div>
      <FullHint />
    </div>
  );
}

async function toggleFull(): Promise<void> {
  if (document.fullscreenElement) await document.exitFullscreen();
  else await document.documentElement.requestFullscreen().catch(() => undefined);
}

/** Says how to fill the screen, then goes away. */
function FullHint() {
  const [shown, setShown] = useState(true);
  useEffect(() => {
    const timer = window.setTimeout(() => setShown(false), HINT_MS);
    return () => window.clearTimeout(timer);
  }, []);
  return shown && !document.fullscreenElement ? <p className="hint">{t("wall.hint")}</p> : null;
}

function WallHead({ state }: { state: DeskState }) {
  const lang = useLang();
  const { meta } = useSession();
  const at = now();
  const gauges = [...state.tanks.values()].filter((tank) => tank.has_sensor).length;
  const silent = new Set([...state.alarms.values()].filter((alarm) => alarm.kind === "comms" || alarm.kind === "fault").map((alarm) => alarm.tank_id)).size;
  const speed = clockSpeed();
  return (
    <header>
      <div className="brand"><Logo size={40} />{t("brand")}</div>
      <h1 className="cut">{(meta?.station ?? "").replace(/[（(](仿真|simulated)[）)]$/, "")}</h1>
      {meta?.simulated ? <Simulated /> : null}
      <span className="end it">{gauges > 0 ? t("wall.gauges", { n: thousands(Math.max(0, gauges - silent)), of: thousands(gauges) }) : ""}</span>
      <span className="now">{hhmm(at)}</span>
      <span className="dt">{weekday(at, lang).date}<br />{weekday(at, lang).day}{speed === 1 ? "" : ` ×${speed}`}</span>
    </header>
  );
}

function Line({ row, state }: { row: Row; state: DeskState }) {
  const lang = useLang();
  const { incident } = row;
  const waiting = incident !== null && incident.handle === "open";
  const job = incident ? [...state.jobs.values()].find((one) => one.incident_id === incident.id) : undefined;
  const head = headline(row, lang);
  const said = job ? `${job.truck_code} ${word("job", job.state)}` : waiting ? word("handle", "open") : incident ? because(row) : t("row.noIncident");
  return (
    <li className={waiting || !incident ? "need" : undefined}>
      <GradeShape grade={row.grade} colored />
      <div className="grow"><b className="cut">{row.place}</b><span className="cut">{row.alarm ? listed([head.long, said === head.long ? "" : said]) : said || head.long}</span></div>
      <em>{incident?.next_due_at ? <Clock due={incident.next_due_at} start={incident.opened_at} label={word("clock", incident.next_due_clock)} /> : ""}</em>
    </li>
  );
}

function Trucks({ state }: { state: DeskState }) {
  useLang();
  const trucks = [...state.trucks.values()];
  const count = (one: TruckState) => trucks.filter((truck) => truck.state === one).length;
  const lost = trucks.filter((truck) => truck.state === "offline");
  const off = count("off_duty");
  const first = lost[0];
  const since = first?.positioned_at ? t("wall.lostSince", { truck: first.code, when: hhmm(Date.parse(first.positioned_at)) }) : "";
  return (
    <>
      <h2>{t("wall.trucks", { n: trucks.length })}</h2>
      <div className="tk">
        {STATES.map((one) => <div key={one}><TruckGlyph state={one} angle={40} /><b>{count(one)}</b><span>{word("truck", one)}</span></div>)}
      </div>
      <p className="nt">{listed([off > 0 ? t("wall.off", { n: off }) : "", lost.length > 0 ? t("wall.lost", { n: lost.length }) : "", since]) || t("wall.allHeard")}</p>
    </>
  );
}

/** The way of each truck that drives to a called-out place. */
function useRoutes(state: DeskState, called: Row[]): LonLat[][] {
  const [routes, setRoutes] = useState<LonLat[][]>([]);
  const wanted = called.flatMap((row) => {
    const id = row.incident?.id;
    const job = id === undefined ? undefined : [...state.jobs.values()].find((one) => one.incident_id === id && ["accepted", "en_route"].includes(one.state));
    return job ? [`/incidents/${id}/route${query({ truck_id: job.truck_id })}`] : [];
  }).join(" ");
  useEffect(() => {
    if (wanted === "") {
      setRoutes([]);
      return undefined;
    }
    let gone = false;
    const read = async () => {
      const ways = await Promise.all(wanted.split(" ").map((path) => get<Way>(path).catch(() => null)));
      if (!gone) setRoutes(ways.flatMap((way) => (way ? [way.route] : [])));
    };
    void read();
    const timer = window.setInterval(() => void read(), ROUTE_EVERY_MS);
    return () => {
      gone = true;
      window.clearInterval(timer);
    };
  }, [wanted]);
  return routes;
}

