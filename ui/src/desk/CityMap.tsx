/** The map of the control room: own streets, grey tanks, grade marks, trucks, the route of the first truck. */
import * as maplibregl from "maplibre-gl";
import type { GeoJSONSource, LngLatBoundsLike, Map as MapLibre } from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url";
import { useEffect, useMemo, useRef, useState } from "react";
import { EmptyState } from "../shared/components";
import { t, useLang } from "../shared/i18n";
import { Icon } from "../shared/icons";
import type { Roads } from "../shared/types";
import { addImages } from "./mapImages";
import {
  alarmFeatures, lineFeatures, officeFeatures, rowPlace, selectedFeature, tankFeatures, truckFeatures, type LonLat,
} from "./mapData";
import { Legend, OffScreen, Scale, Tip } from "./MapNotes";
import { cityStyle } from "./mapStyle";
import type { Row } from "./rows";
import type { DeskState } from "./state";

maplibregl.setWorkerUrl(workerUrl);

const MOVING_MS = 1000;
/** The first view is nearer than the whole city, so that streets and names can be read. */
const OPEN_CLOSER = 0.8;
const LAYERS = { alarms: ["alarms", "selected", "selected-mark"], trucks: ["trucks", "route", "route-halo"], tanks: ["tanks"], offices: ["offices", "road-name"] } as const;
type LayerName = keyof typeof LAYERS;

export function hasWebGl2(): boolean {
  return document.createElement("canvas").getContext("webgl2") !== null;
}

function put(map: MapLibre, source: string, data: Parameters<GeoJSONSource["setData"]>[0]): void {
  (map.getSource(source) as GeoJSONSource | undefined)?.setData(data);
}

function boundsOf(state: DeskState): LngLatBoundsLike | null {
  if (state.tanks.size === 0) return null;
  const tanks = [...state.tanks.values()];
  const lons = tanks.map((tank) => tank.lon).sort((a, b) => a - b);
  const lats = tanks.map((tank) => tank.lat).sort((a, b) => a - b);
  // A tank put far away by mistake must not shrink the whole city to a dot.
  const at = (values: number[], share: number) => values[Math.round((values.length - 1) * share)] ?? 0;
  return [at(lons, 0.01), at(lats, 0.01), at(lons, 0.99), at(lats, 0.99)];
}

interface Props {
  state: DeskState;
  rows: Row[];
  roads: Roads;
  selected: Row | null;
  route: LonLat[] | null;
  onSelect: (key: string) => void;
}

export default function CityMap({ state, rows, roads, selected, route, onSelect }: Props) {
  useLang();
  const host = useRef<HTMLDivElement>(null);
  const [map, setMap] = useState<MapLibre | null>(null);
  const [broken] = useState(() => !hasWebGl2());
  const [moves, setMoves] = useState(0);
  const [hidden, setHidden] = useState<ReadonlySet<LayerName>>(new Set());
  const latest = useRef({ state, rows, onSelect });
  latest.current = { state, rows, onSelect };

  useEffect(() => {
    if (!host.current || broken) return undefined;
    const bounds = boundsOf(latest.current.state);
    const made = new maplibregl.Map({
      container: host.current,
      style: cityStyle(roads),
      ...(bounds ? { bounds, fitBoundsOptions: { padding: 30 } } : {}),
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      localIdeographFontFamily: getComputedStyle(document.body).fontFamily,
      maxZoom: 18,
    });
    made.touchZoomRotate.disableRotation();
    made.on("load", () => {
      addImages(made);
      made.setZoom(made.getZoom() + OPEN_CLOSER);
      put(made, "tanks", tankFeatures(latest.current.state));
      put(made, "offices", officeFeatures(latest.current.state));
      setMap(made);
    });
    made.on("move", () => setMoves((count) => count + 1));
    made.on("click", "alarms", (event) => {
      const key = event.features?.[0]?.properties["key"] as string | undefined;
      if (key) latest.current.onSelect(key);
    });
    made.on("mouseenter", "alarms", () => { made.getCanvas().style.cursor = "pointer"; });
    made.on("mouseleave", "alarms", () => { made.getCanvas().style.cursor = ""; });
    return () => {
      setMap(null);
      made.remove();
    };
  }, [roads, broken]);

  useEffect(() => {
    if (!map) return undefined;
    const draw = () => {
      put(map, "alarms", alarmFeatures(latest.current.state, latest.current.rows));
      put(map, "trucks", truckFeatures(latest.current.state));
    };
    draw();
    const timer = window.setInterval(draw, MOVING_MS);
    return () => window.clearInterval(timer);
  }, [map]);

  const at = selected ? rowPlace(state, selected) : null;
  const place = at ? `${at[0]},${at[1]}` : "";
  const grade = selected?.grade ?? 0;
  useEffect(() => {
    if (!map) return;
    put(map, "selected", selectedFeature(at, grade));
    if (!at) return;
    const pixel = map.project(at);
    const box = map.getContainer();
    const inside = pixel.x > 60 && pixel.y > 60 && pixel.x < box.clientWidth - 60 && pixel.y < box.clientHeight - 90;
    if (!inside) map.easeTo({ center: at, duration: 240 });
    // `at` is a fresh array each render; `place` stands for its value.
  }, [map, place, grade]);

  useEffect(() => {
    if (map) put(map, "route", lineFeatures(route ? [route] : []));
  }, [map, route]);

  useEffect(() => {
    if (!map) return;
    for (const [name, ids] of Object.entries(LAYERS)) {
      for (const id of ids) map.setLayoutProperty(id, "visibility", hidden.has(name as LayerName) ? "none" : "visible");
    }
  }, [map, hidden]);

  const reds = useMemo(() => rows.filter((row) => row.grade === 1 && row.key !== selected?.key), [rows, selected]);

  if (broken) {
    return <EmptyState icon="layers" title={t("map.noWebgl")}>{t("map.noWebglSay")}</EmptyState>;
  }
  const toggle = (name: LayerName) => {
    const changed = new Set(hidden);
    if (!changed.delete(name)) changed.add(name);
    setHidden(changed);
  };
  const fit = () => {
    const bounds = boundsOf(state);
    if (bounds) map?.fitBounds(bounds, { padding: 30, duration: 240 });
  };
  return (
    <>
      <div ref={host} className="canvas" data-ready={map !== null} role="application" aria-label={t("map.label")} />
      <div className="mtop chips" role="group" aria-label={t("map.layers")}>
        {(Object.keys(LAYERS) as LayerName[]).map((name) => (
          <button key={name} type="button" aria-pressed={!hidden.has(name)} onClick={() => toggle(name)}>{t(`map.layer.${name}`)}</button>
        ))}
      </div>
      <div className="zoom">
        <button type="button" aria-label={t("map.in")} onClick={() => map?.zoomIn({ duration: 120 })}><Icon name="plus" /></button>
        <button type="button" aria-label={t("map.out")} onClick={() => map?.zoomOut({ duration: 120 })}><Icon name="minus" /></button>
        <button type="button" aria-label={t("map.whole")} onClick={fit}><Icon name="full" /></button>
      </div>
      {map ? <OffScreen map={map} moves={moves} state={state} reds={reds} onSelect={onSelect} /> : null}
      {map && selected && at ? <Tip map={map} moves={moves} at={at} row={selected} /> : null}
      <Legend />
      {map ? <Scale map={map} moves={moves} /> : null}
    </>
  );
}
