/** The wall's map: the same streets and marks as the desk's, nothing to press, the worst places called out. */
import * as maplibregl from "maplibre-gl";
import type { GeoJSONSource, LngLatBoundsLike, Map as MapLibre } from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url";
import { useEffect, useRef, useState } from "react";
import { EmptyState, TruckGlyph } from "../shared/components";
import { t, useLang, word } from "../shared/i18n";
import type { Roads, TruckState } from "../shared/types";
import { addImages, token } from "../desk/mapImages";
import { alarmFeatures, lineFeatures, officeFeatures, rowPlace, tankFeatures, truckFeatures, type LonLat } from "../desk/mapData";
import { cityStyle } from "../desk/mapStyle";
import { headline } from "../desk/rowText";
import type { Row } from "../desk/rows";
import type { DeskState } from "../desk/state";

maplibregl.setWorkerUrl(workerUrl);

const MOVING_MS = 1000;
const STATES: TruckState[] = ["idle", "en_route", "working", "hauling"];
/** Pixels of a callout at 1920 wide; a place's name is never cut, so the box grows with it. */
const BOX = { least: 220, letter: 20, edge: 44, height: 72, gap: 66, ring: 34 };
const ICON_SCALE = 1.25;

function put(map: MapLibre, source: string, data: Parameters<GeoJSONSource["setData"]>[0]): void {
  (map.getSource(source) as GeoJSONSource | undefined)?.setData(data);
}

function middle(values: number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.round((sorted.length - 1) * share)] ?? 0;
}

function boundsOf(state: DeskState): LngLatBoundsLike | null {
  const tanks = [...state.tanks.values()];
  if (tanks.length === 0) return null;
  const lons = tanks.map((tank) => tank.lon);
  const lats = tanks.map((tank) => tank.lat);
  return [middle(lons, 0.01), middle(lats, 0.01), middle(lons, 0.99), middle(lats, 0.99)];
}

interface Props {
  state: DeskState;
  rows: Row[];
  roads: Roads;
  called: Row[];
  routes: LonLat[][];
}

export default function WallMap({ state, rows, roads, called, routes }: Props) {
  useLang();
  const host = useRef<HTMLDivElement>(null);
  const [map, setMap] = useState<MapLibre | null>(null);
  const [, setMoves] = useState(0);
  const [broken] = useState(() => document.createElement("canvas").getContext("webgl2") === null);
  const latest = useRef({ state, rows, called });
  latest.current = { state, rows, called };

  useEffect(() => {
    if (!host.current || broken) return undefined;
    const bounds = boundsOf(latest.current.state);
    const style = cityStyle(roads);
    const big = parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;
    for (const layer of style.layers) {
      if (layer.id === "offices" && layer.type === "symbol") layer.layout = { ...layer.layout, "text-size": 16 * big };
      if (layer.type === "symbol" && ["alarms", "trucks", "selected-mark"].includes(layer.id)) layer.layout = { ...layer.layout, "icon-size": ICON_SCALE * big };
    }
    const made = new maplibregl.Map({
      container: host.current, style, interactive: false, attributionControl: false, maxZoom: 16,
      ...(bounds ? { bounds, fitBoundsOptions: { padding: 24 } } : {}),
      localIdeographFontFamily: getComputedStyle(document.body).fontFamily,
    });
    made.on("load", () => {
      addImages(made);
      put(made, "tanks", tankFeatures(latest.current.state));
      put(made, "offices", officeFeatures(latest.current.state));
      setMap(made);
    });
    made.on("resize", () => setMoves((count) => count + 1));
    return () => {
      setMap(null);
      made.remove();
    };
  }, [roads, broken]);

  useEffect(() => {
    if (!map) return undefined;
    const draw = () => {
      const { state: current, rows: shown, called: named } = latest.current;
      put(map, "alarms", alarmFeatures(current, shown));
      put(map, "trucks", truckFeatures(current));
      put(map, "selected", {
        type: "FeatureCollection",
        features: named.flatMap((row) => {
          const at = rowPlace(current, row);
          return at ? [{ type: "Feature" as const, properties: { grade: row.grade, color: token(`--g${row.grade || 4}`) }, geometry: { type: "Point" as const, coordinates: at } }] : [];
        }),
      });
    };
    draw();
    const timer = window.setInterval(draw, MOVING_MS);
    return () => window.clearInterval(timer);
  }, [map]);

  useEffect(() => {
    if (map) put(map, "route", lineFeatures(routes));
  }, [map, routes]);

  if (broken) return <EmptyState icon="layers" title={t("map.noWebgl")}>{t("wall.noMap")}</EmptyState>;
  return (
    <>
      <div ref={host} className="canvas" data-ready={map !== null} role="img" aria-label={t("map.label")} />
      {map ? <Callouts map={map} state={state} rows={called} /> : null}
      <div className="lg2">{STATES.map((one) => <span key={one}><TruckGlyph state={one} angle={40} />{word("truck", one)}</span>)}</div>
    </>
  );
}

interface Placed {
  row: Row;
  x: number;
  y: number;
  left: number;
  top: number;
  wide: number;
}

/** Letters of a name, a Latin one counting half. */
function letters(name: string): number {
  return [...name].reduce((sum, one) => sum + (one < "\u2e80" ? 0.56 : 1), 0);
}

/** Each box goes above or below its mark, inside the map, off the boxes already placed and off every mark. */
export function placeBoxes(points: { row: Row; x: number; y: number }[], width: number, height: number, scale: number): Placed[] {
  const h = BOX.height * scale;
  const gap = BOX.gap * scale;
  const ring = BOX.ring * scale;
  const placed: Placed[] = [];
  for (const point of points) {
    const wide = Math.max(BOX.least, letters(point.row.place) * BOX.letter + BOX.edge) * scale;
    const lefts = [-0.55, -0.05, -0.95].map((share) => Math.min(width - wide - 12, Math.max(12, point.x + wide * share)));
    const tops = [point.y - gap - h, point.y + gap].filter((top) => top > 12 && top + h < height - 12);
    const free = ({ left, top }: { left: number; top: number }) => placed.every((other) => other.left + other.wide < left || left + wide < other.left || Math.abs(other.top - top) > h + 8)
      && points.every((mark) => mark.x < left - ring || mark.x > left + wide + ring || mark.y < top - ring || mark.y > top + h + ring);
    const spots = tops.flatMap((top) => lefts.map((left) => ({ left, top })));
    const spot = spots.find(free) ?? spots[0];
    if (spot) placed.push({ ...point, ...spot, wide });
  }
  return placed;
}

function Callouts({ map, state, rows }: { map: MapLibre; state: DeskState; rows: Row[] }) {
  const lang = useLang();
  const box = map.getContainer();
  const scale = parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;
  const points = rows.flatMap((row) => {
    const at = rowPlace(state, row);
    if (!at) return [];
    const pixel = map.project(at);
    return pixel.x > 0 && pixel.y > 0 && pixel.x < box.clientWidth && pixel.y < box.clientHeight ? [{ row, x: pixel.x, y: pixel.y }] : [];
  });
  const boxes = placeBoxes(points, box.clientWidth, box.clientHeight, scale);
  return (
    <>
      <svg className="leads" aria-hidden="true">
        {boxes.map((one) => (
          <path key={one.row.key} stroke={`var(--g${one.row.grade || 4}-ink)`} strokeWidth="1.5" fill="none"
            d={`M${Math.min(one.left + one.wide - 20, Math.max(one.left + 20, one.x))} ${one.top < one.y ? one.top + BOX.height * scale : one.top}L${one.x} ${one.y + (one.top < one.y ? -26 : 26)}`} />
        ))}
      </svg>
      {boxes.map((one) => (
        <div key={one.row.key} className={`co co${one.row.grade}`} style={{ left: one.left, top: one.top, width: one.wide }}>
          <b>{one.row.place}</b><span>{headline(one.row, lang).long}</span>
        </div>
      ))}
    </>
  );
}
