/** The map's style: our own streets and tanks in greys, no outside request, no glyphs key. */
import type { FeatureCollection } from "geojson";
import type { ExpressionSpecification, StyleSpecification } from "maplibre-gl";
import type { Roads } from "../shared/types";
import { token } from "./mapImages";

export const NOTHING: FeatureCollection = { type: "FeatureCollection", features: [] };

const RANKS: [RegExp, number][] = [
  [/motorway|trunk|expressway/, 3],
  [/primary|arterial/, 2],
  [/secondary|tertiary|collector/, 1],
];

/** 3 for the widest streets, 0 for lanes. */
export function roadRank(roadClass: string | undefined): number {
  return RANKS.find(([pattern]) => pattern.test(roadClass ?? ""))?.[1] ?? 0;
}

export function roadFeatures(roads: Roads): FeatureCollection {
  return {
    type: "FeatureCollection",
    features: roads.lines.map((coordinates, index) => ({
      type: "Feature",
      properties: { rank: roadRank(roads.classes[index]) },
      geometry: { type: "LineString", coordinates },
    })),
  };
}

function labelFeatures(roads: Roads): FeatureCollection {
  return {
    type: "FeatureCollection",
    features: (roads.labels ?? []).map((label) => ({
      type: "Feature", properties: { name: label.name, rank: -label.length_m }, geometry: { type: "Point", coordinates: label.at },
    })),
  };
}

function width(scale: number): ExpressionSpecification {
  const at = (factor: number): ExpressionSpecification => [
    "match", ["get", "rank"], 3, 5 * factor * scale, 2, 3.6 * factor * scale, 1, 2 * factor * scale, factor * scale,
  ];
  return ["interpolate", ["exponential", 1.5], ["zoom"], 10, at(0.45), 13, at(1.2), 16, at(5)];
}

const FONT = ["Noto Sans CJK SC Bold"];

export function cityStyle(roads: Roads): StyleSpecification {
  const source = { type: "geojson" as const, data: NOTHING };
  return {
    version: 8,
    sources: {
      roads: { type: "geojson", data: roadFeatures(roads) },
      names: { type: "geojson", data: labelFeatures(roads) },
      tanks: source, offices: source, alarms: source, trucks: source, route: source, ways: source, selected: source,
    },
    layers: [
      { id: "land", type: "background", paint: { "background-color": token("--map-land") } },
      { id: "road-edge", type: "line", source: "roads", filter: [">", ["get", "rank"], 0], layout: { "line-cap": "round", "line-join": "round" },
        paint: { "line-color": token("--map-road-edge"), "line-width": width(1.45) } },
      { id: "road", type: "line", source: "roads", layout: { "line-cap": "round", "line-join": "round", "line-sort-key": ["get", "rank"] },
        paint: { "line-color": token("--map-road"), "line-width": width(1) } },
      { id: "tanks", type: "circle", source: "tanks",
        paint: { "circle-color": token("--map-tank"), "circle-radius": ["interpolate", ["linear"], ["zoom"], 10, 0.9, 13, 1.8, 16, 4.5] } },
      { id: "road-name", type: "symbol", source: "names", minzoom: 12,
        layout: { "text-field": ["get", "name"], "text-size": 11, "text-font": ["Noto Sans CJK SC Regular"], "symbol-sort-key": ["get", "rank"], "text-padding": 10 },
        paint: { "text-color": token("--ink-3"), "text-halo-color": token("--map-halo"), "text-halo-width": 1.6 } },
      { id: "offices", type: "symbol", source: "offices", layout: { "text-field": ["get", "name"], "text-size": 13, "text-font": FONT, "text-padding": 6 },
        paint: { "text-color": token("--map-label"), "text-halo-color": token("--map-halo"), "text-halo-width": 1.8 } },
      { id: "ways", type: "line", source: "ways", layout: { "line-cap": "round", "line-join": "round" },
        paint: { "line-color": token("--truck-soft"), "line-width": 2.5, "line-dasharray": [1, 1.6] } },
      { id: "route-halo", type: "line", source: "route", layout: { "line-cap": "round", "line-join": "round" },
        paint: { "line-color": token("--map-halo"), "line-width": 7 } },
      { id: "route", type: "line", source: "route", layout: { "line-cap": "round", "line-join": "round" },
        paint: { "line-color": token("--accent"), "line-width": 4 } },
      { id: "selected", type: "circle", source: "selected",
        paint: { "circle-radius": 26, "circle-color": ["get", "color"], "circle-opacity": 0.16, "circle-stroke-color": ["get", "color"], "circle-stroke-width": 1.6 } },
      { id: "alarms", type: "symbol", source: "alarms",
        layout: { "icon-image": ["concat", "g", ["get", "grade"]], "icon-allow-overlap": true, "icon-ignore-placement": true, "symbol-sort-key": ["-", 5, ["get", "grade"]] } },
      { id: "trucks", type: "symbol", source: "trucks",
        layout: { "icon-image": ["concat", "truck-", ["get", "state"]], "icon-rotate": ["get", "heading"], "icon-rotation-alignment": "map",
          "icon-allow-overlap": true, "icon-ignore-placement": true,
          "text-field": ["step", ["zoom"], "", 12, ["get", "code"]], "text-font": FONT, "text-size": 12, "text-anchor": "left", "text-offset": [1.1, 0], "text-optional": true },
        paint: { "text-color": token("--truck"), "text-halo-color": token("--map-halo"), "text-halo-width": 1.6 } },
      { id: "selected-mark", type: "symbol", source: "selected", filter: [">", ["get", "grade"], 0],
        layout: { "icon-image": ["concat", "g", ["get", "grade"]], "icon-allow-overlap": true, "icon-ignore-placement": true } },
    ],
  };
}
