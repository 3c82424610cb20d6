/** What lies over the map: legend, scale, the tip of the selected place, pointers to 红 outside the view. */
import type { Map as MapLibre } from "maplibre-gl";
import { GradeShape, TruckGlyph } from "../shared/components";
import { pick, t, useLang, word } from "../shared/i18n";
import { Icon } from "../shared/icons";
import { kilometres } from "../shared/time";
import type { TruckState } from "../shared/types";
import { bearing, rowPlace, type LonLat } from "./mapData";
import { headline } from "./rowText";
import type { Row } from "./rows";
import type { DeskState } from "./state";

const STATES: TruckState[] = ["idle", "en_route", "working", "hauling", "offline"];

export function Legend() {
  useLang();
  return (
    <div className="legend">
      <b>{t("legend.trucks")}</b>
      {STATES.map((state) => (
        <span key={state}><TruckGlyph state={state} angle={40} />{word("truck", state)}</span>
      ))}
      <i />
      <b>{t("legend.tanks")}</b>
      <span>
        <svg width="8" height="8" viewBox="0 0 8 8" aria-hidden="true"><circle cx="4" cy="4" r="2.5" fill="var(--map-tank)" /></svg>
        {t("grade.0")}
      </span>
    </div>
  );
}

const STEPS = [100, 200, 500, 1000, 2000, 5000, 10_000, 20_000];

export function Scale({ map }: { map: MapLibre; moves: number }) {
  const metresPerPixel = (40_075_016.686 * Math.cos((map.getCenter().lat * Math.PI) / 180)) / 2 ** (map.getZoom() + 9);
  const metres = STEPS.findLast((step) => step / metresPerPixel <= 90) ?? 100;
  return (
    <div className="sc">
      <i style={{ width: metres / metresPerPixel }} />
      {metres >= 1000 ? `${metres / 1000} km` : `${metres} m`}
    </div>
  );
}

export function Tip({ map, at, row }: { map: MapLibre; moves: number; at: LonLat; row: Row }) {
  const lang = useLang();
  const pixel = map.project(at);
  const box = map.getContainer();
  if (pixel.x < 0 || pixel.y < 0 || pixel.x > box.clientWidth || pixel.y > box.clientHeight) return null;
  const left = pixel.x + 210 > box.clientWidth;
  const below = pixel.y < 120;
  const head = headline(row, lang);
  return (
    <div className="tip" style={{ left: pixel.x + (left ? -34 : 34), top: pixel.y + (below ? 20 : -64), transform: left ? "translateX(-100%)" : undefined }}>
      <b>{row.place}</b>
      <span className={row.grade > 0 && row.grade < 3 ? `t${row.grade}` : "soft"}>{head.long}</span>
    </div>
  );
}

interface OffScreenProps {
  map: MapLibre;
  moves: number;
  state: DeskState;
  reds: Row[];
  onSelect: (key: string) => void;
}

/** Screen edge by compass index: N, NE, E, SE, S, SW, W, NW. */
const ICONS = ["left", "right", "right", "right", "down", "left", "left", "left"] as const;

export function OffScreen({ map, state, reds, onSelect }: OffScreenProps) {
  const lang = useLang();
  const centre = map.getCenter();
  const box = map.getContainer();
  const outside = reds.flatMap((row) => {
    const at = rowPlace(state, row);
    if (!at) return [];
    const pixel = map.project(at);
    const inside = pixel.x >= 0 && pixel.y >= 0 && pixel.x <= box.clientWidth && pixel.y <= box.clientHeight;
    return inside ? [] : [{ row, way: bearing([centre.lng, centre.lat], at) }];
  });
  if (outside.length === 0) return null;
  return (
    <div className="offs">
      {outside.slice(0, 3).map(({ row, way }) => (
        <button key={row.key} type="button" className="off" onClick={() => onSelect(row.key)}>
          <span className={way.index === 0 ? "up" : undefined}><Icon name={ICONS[way.index] ?? "right"} /></span>
          <GradeShape grade={1} size={13} colored />
          <span><b>{row.place}</b><br />{pick(way.zh, way.en)} {kilometres(way.metres)} km{lang === "zh" ? "，" : ", "}{headline(row, lang).long}</span>
        </button>
      ))}
    </div>
  );
}
