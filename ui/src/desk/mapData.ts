/** Turns the live state into the map's small moving layers. */
import type { Feature, FeatureCollection, Point } from "geojson";
import { token } from "./mapImages";
import type { Row } from "./rows";
import type { DeskState } from "./state";

export type LonLat = [number, number];

function point(at: LonLat, properties: Record<string, string | number>): Feature<Point> {
  return { type: "Feature", properties, geometry: { type: "Point", coordinates: at } };
}

function collection(features: Feature[]): FeatureCollection {
  return { type: "FeatureCollection", features };
}

export function rowPlace(state: DeskState, row: Row): LonLat | null {
  const tank = row.tankId === null ? undefined : state.tanks.get(row.tankId);
  if (tank) return [tank.lon, tank.lat];
  const incident = row.incident;
  return incident?.lat != null && incident.lon != null ? [incident.lon, incident.lat] : null;
}

export function tankFeatures(state: DeskState): FeatureCollection {
  return collection([...state.tanks.values()].map((tank) => point([tank.lon, tank.lat], { id: tank.id })));
}

/** Each office's name at the middle of its tanks. */
export function officeFeatures(state: DeskState): FeatureCollection {
  const sums = new Map<number, { lon: number; lat: number; n: number }>();
  for (const tank of state.tanks.values()) {
    if (tank.office_id === null) continue;
    const sum = sums.get(tank.office_id) ?? { lon: 0, lat: 0, n: 0 };
    sums.set(tank.office_id, { lon: sum.lon + tank.lon, lat: sum.lat + tank.lat, n: sum.n + 1 });
  }
  const features: Feature[] = [];
  for (const [id, sum] of sums) {
    const name = state.offices.get(id)?.replace(/街道(办事处|办)?$/, "") ?? "";
    features.push(point([sum.lon / sum.n, sum.lat / sum.n], { name }));
  }
  return collection(features);
}

export function alarmFeatures(state: DeskState, rows: Row[]): FeatureCollection {
  const features: Feature[] = [];
  for (const row of rows) {
    const at = rowPlace(state, row);
    if (at && row.grade > 0 && row.tab !== "shelved") features.push(point(at, { key: row.key, grade: row.grade }));
  }
  return collection(features);
}

export function truckFeatures(state: DeskState): FeatureCollection {
  const features: Feature[] = [];
  for (const truck of state.trucks.values()) {
    if (truck.lat === null || truck.lon === null || truck.state === "off_duty") continue;
    const heading = truck.state === "working" ? 0 : (truck.heading_deg ?? 0);
    features.push(point([truck.lon, truck.lat], { id: truck.truck_id, code: truck.code, state: truck.state, heading }));
  }
  return collection(features);
}

export function selectedFeature(at: LonLat | null, grade: number): FeatureCollection {
  return collection(at ? [point(at, { grade, color: token(grade > 0 ? `--g${grade}` : "--accent") })] : []);
}

export function lineFeatures(lines: LonLat[][]): FeatureCollection {
  return collection(lines.filter((line) => line.length > 1).map((coordinates) => ({
    type: "Feature", properties: {}, geometry: { type: "LineString", coordinates },
  })));
}

const DIRECTIONS_ZH = ["北", "东北", "东", "东南", "南", "西南", "西", "西北"];
const DIRECTIONS_EN = ["N", "NE", "E", "SE", "S", "SW", "W", "NW"];

/** Direction word and distance in metres from one place to another. */
export function bearing(from: LonLat, to: LonLat): { zh: string; en: string; metres: number; index: number } {
  const east = (to[0] - from[0]) * Math.cos((from[1] * Math.PI) / 180) * 111_320;
  const north = (to[1] - from[1]) * 110_540;
  const index = Math.round((((Math.atan2(east, north) * 180) / Math.PI + 360) % 360) / 45) % 8;
  return { zh: DIRECTIONS_ZH[index] ?? "", en: DIRECTIONS_EN[index] ?? "", metres: Math.hypot(east, north), index };
}
