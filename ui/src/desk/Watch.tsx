/** 值守: list, map and card of the selected place, with the keys that move and act. */
import { lazy, Suspense, useCallback, useDeferredValue, useEffect, useMemo, useRef, useState } from "react";
import { Button, EmptyState } from "../shared/components";
import { Guard } from "../shared/Guard";
import { explain, t, useLang } from "../shared/i18n";
import { say } from "../shared/toast";
import { useNow } from "../shared/useNow";
import { AlarmList } from "./AlarmList";
import { FaultsDialog } from "./FaultsDialog";
import { IncidentCard, type CardActs } from "./IncidentCard";
import { isTyping } from "./keys";
import type { LonLat } from "./mapData";
import { buildRows, countRows, inTab, type Row, type RowTab } from "./rows";
import { toggleMute, useAlarmSound } from "./sound";
import { loadAll, SILENT_MS, useLive } from "./store";

const CityMap = lazy(() => import("./CityMap"));

function matches(row: Row, search: string): boolean {
  if (search === "") return true;
  const text = [row.place, row.office, row.incident?.number, row.incident?.tank_code, row.incident?.community_name, row.alarm?.number].join(" ");
  return text.toLowerCase().includes(search.toLowerCase());
}

/** A call that becomes an alarm keeps its row: the selection follows the tank, then the key. */
function find(rows: Row[], key: string | null, tankId: number | null): Row | null {
  return rows.find((row) => row.key === key) ?? rows.find((row) => tankId !== null && row.tankId === tankId) ?? null;
}

export function Watch({ search }: { search: string }) {
  useLang();
  useNow();
  const current = useLive();
  const live = useDeferredValue(current);
  const [tab, setTab] = useState<RowTab>("all");
  const [key, setKey] = useState<string | null>(null);
  const [touched, setTouched] = useState(false);
  const [route, setRoute] = useState<LonLat[] | null>(null);
  const [faults, setFaults] = useState(false);
  const acts = useRef<CardActs | null>(null);
  const tankRef = useRef<number | null>(null);
  const { state } = live;
  const all = useMemo(() => buildRows(state), [state]);
  const rows = useMemo(() => all.filter((row) => matches(row, search.trim())), [all, search]);
  const counts = useMemo(() => countRows(rows), [rows]);
  const selected = find(all, key, tankRef.current);
  tankRef.current = selected?.tankId ?? null;

  const select = useCallback((chosen: string | null) => {
    tankRef.current = null;
    setTouched(true);
    setKey(chosen);
  }, []);

  const first = all[0];
  useEffect(() => {
    // The desk opens on the most urgent place; afterwards the choice is the dispatcher's.
    if (!touched && live.ready && first && key === null && window.innerWidth >= 1280) setKey(first.key);
  }, [touched, live.ready, first, key]);

  useEffect(() => {
    const shown = rows.filter((row) => inTab(row, tab));
    function onKey(event: KeyboardEvent) {
      if (isTyping(event)) return;
      const at = shown.findIndex((row) => row.key === selected?.key);
      const digit = Number(event.key);
      if (event.key === "j" || event.key === "ArrowDown") select(shown[Math.min(shown.length - 1, at + 1)]?.key ?? null);
      else if (event.key === "k" || event.key === "ArrowUp") select(shown[Math.max(0, at - 1)]?.key ?? null);
      else if (event.key === "Enter" && at < 0) select(shown[0]?.key ?? null);
      else if (event.key === "a") acts.current?.acknowledge();
      else if (event.key === "s") acts.current?.shelve();
      else if (event.key === "c") acts.current?.callBack();
      else if (event.key === "d") acts.current?.send(0);
      else if (digit >= 1 && digit <= 9) acts.current?.send(digit - 1);
      else if (event.key === "t") select(soonest(shown)?.key ?? null);
      else if (event.key === "m") toggleMute();
      else if (event.key === "Escape") select(null);
      else return;
      event.preventDefault();
    }
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [rows, tab, selected, select]);

  useNewReds(all, live.ready);
  useAlarmSound(all);

  if (live.failed && !live.ready) {
    return (
      <main className="page">
        <EmptyState icon="warn" failed title={explain(t("load.title"), live.failed)} action={<Button look="main" onClick={() => void loadAll()}>{t("again")}</Button>}>
          {t("load.say")}
        </EmptyState>
      </main>
    );
  }
  const stale = Date.now() - current.aliveWall > SILENT_MS;
  return (
    <main className={selected ? "watch open" : "watch"}>
      <AlarmList state={state} rows={rows} counts={counts} tab={tab} selectedKey={selected?.key ?? null}
        onTab={setTab} onSelect={select} onFaults={() => setFaults(true)} />
      <section className={stale ? "map stale" : "map"} aria-label={t("map.label")}>
        {live.ready && live.roads ? (
          <Guard>
            <Suspense fallback={null}>
              <CityMap state={state} rows={rows} roads={live.roads} selected={selected} route={route} onSelect={select} />
            </Suspense>
          </Guard>
        ) : <p className="boot muted" role="status">{t("loading")}</p>}
      </section>
      {selected ? (
        <Guard key={selected.tankId ?? selected.key}>
          <IncidentCard row={selected} onClose={() => select(null)} onRoute={setRoute} acts={acts} />
        </Guard>
      ) : null}
      {faults ? <FaultsDialog state={state} onClose={() => setFaults(false)} /> : null}
    </main>
  );
}

function soonest(rows: Row[]): Row | undefined {
  const due = (row: Row) => Date.parse(row.incident?.next_due_at ?? "") || Number.MAX_SAFE_INTEGER;
  return [...rows].sort((a, b) => due(a) - due(b))[0];
}

/** Says a new 红 aloud to screen readers and in a note, once. */
function useNewReds(rows: Row[], ready: boolean): void {
  const known = useRef<Set<string> | null>(null);
  useEffect(() => {
    if (!ready) return;
    const reds = rows.filter((row) => row.grade === 1 && row.tab === "new");
    if (known.current) {
      for (const row of reds) if (!known.current.has(row.key)) say(t("red.new", { place: row.place }), { failed: true });
    }
    known.current = new Set(reds.map((row) => row.key));
  }, [rows, ready]);
}
