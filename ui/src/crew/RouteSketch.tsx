/** A still picture of the way to the tank, drawn from our own streets: no map library on the phone. */
import { useEffect, useMemo, useState } from "react";
import { get } from "../shared/api";
import { t } from "../shared/i18n";
import { kilometres } from "../shared/time";
import type { Grade, Job, Roads, Way } from "../shared/types";
import { GradeShape } from "../shared/components";
import { cache, cached } from "../phone/idb";

const W = 358;
const H = 196;
const PAD = 34;
const WAY_EVERY_MS = 30_000;
type LonLat = [number, number];

function useRoads(): Roads | null {
  const [roads, setRoads] = useState<Roads | null>(null);
  useEffect(() => {
    let current = true;
    async function read() {
      const known = await cached<Roads>("roads");
      if (known) return known;
      const fresh = await get<Roads>("/roads");
      await cache("roads", fresh);
      return fresh;
    }
    read().then((found) => { if (current) setRoads(found); }, () => undefined);
    return () => { current = false; };
  }, []);
  return roads;
}

/** The way from where the truck stood when there was last signal. */
function useWay(job: Job): Way | null {
  const [way, setWay] = useState<Way | null>(null);
  const { incident_id: incident, truck_id: truck, id } = job;
  useEffect(() => {
    if (incident === null) return undefined;
    let current = true;
    async function read() {
      try {
        const fresh = await get<Way>(`/incidents/${incident}/route?truck_id=${truck}`);
        await cache(`way:${id}`, fresh);
        return fresh;
      } catch {
        return (await cached<Way>(`way:${id}`)) ?? null;
      }
    }
    read().then((found) => { if (current) setWay(found); }, () => undefined);
    const timer = window.setInterval(() => { read().then((found) => { if (current) setWay(found); }, () => undefined); }, WAY_EVERY_MS);
    return () => {
      current = false;
      window.clearInterval(timer);
    };
  }, [incident, truck, id]);
  return way;
}

function lengthOf(route: LonLat[], squeeze: number): number {
  let metres = 0;
  for (let i = 1; i < route.length; i++) {
    const [a, b] = [route[i - 1], route[i]];
    if (a && b) metres += Math.hypot((b[0] - a[0]) * squeeze, b[1] - a[1]) * 111_000;
  }
  return metres;
}

export function RouteSketch({ job, grade }: { job: Job; grade: Grade }) {
  const roads = useRoads();
  const tank: LonLat = [job.tank.lon, job.tank.lat];
  const way = useWay(job);
  const route = way && way.route.length > 1 ? way.route : null;
  const squeeze = Math.cos((tank[1] * Math.PI) / 180);
  const view = useMemo(() => {
    const points = route ?? [tank];
    const xs = [...points, tank].map(([lon]) => lon * squeeze);
    const ys = [...points, tank].map(([, lat]) => lat);
    const [west, east, south, north] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    const scale = Math.min((W - 2 * PAD) / Math.max(east - west, 0.004), (H - 2 * PAD) / Math.max(north - south, 0.004));
    const [cx, cy] = [(west + east) / 2, (south + north) / 2];
    return ([lon, lat]: LonLat): LonLat => [W / 2 + (lon * squeeze - cx) * scale, H / 2 - (lat - cy) * scale];
  }, [route, tank[0], tank[1], squeeze]);
  const streets = useMemo(() => (roads ? streetPaths(roads, view) : null), [roads, view]);
  const [tx, ty] = view(tank);
  const seconds = way?.drive_s ?? job.eta_s;
  const start = route?.[0];
  const second = start ? route?.find((point) => farFrom(view(start), view(point))) : undefined;
  const path = route ? route.map((point, index) => { const [x, y] = view(point); return `${index ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`; }).join("") : "";
  return (
    <div className="mapbox">
      <svg viewBox={`0 0 ${W} ${H}`} width="100%" height={H} preserveAspectRatio="xMidYMid slice" role="img" aria-label={t("crew.route")}>
        <rect width={W} height={H} fill="var(--map-land)" />
        {streets ? (
          <g fill="none" strokeLinecap="round" strokeLinejoin="round">
            <path d={streets.wide} stroke="var(--map-road-edge)" strokeWidth="10" />
            <path d={streets.small} stroke="var(--map-road)" strokeWidth="3" />
            <path d={streets.wide} stroke="var(--map-road)" strokeWidth="7" />
          </g>
        ) : null}
        {path ? <path d={path} fill="none" stroke="var(--map-halo)" strokeWidth="8" strokeLinejoin="round" strokeLinecap="round" /> : null}
        {path ? <path d={path} fill="none" stroke="var(--accent)" strokeWidth="5" strokeLinejoin="round" strokeLinecap="round" /> : null}
        <g transform={`translate(${tx - 15} ${ty - 15})`}><GradeMark grade={grade} /></g>
        {start && second ? <TruckMark from={view(start)} to={view(second)} /> : null}
      </svg>
      {seconds !== null ? (
        <div className="eta"><b>{Math.max(1, Math.round(seconds / 60))}</b> {t("crew.min")} <small>{route ? `${kilometres(way?.distance_m ?? lengthOf(route, squeeze))} km` : ""}</small></div>
      ) : null}
    </div>
  );
}

/** Far enough to tell which way the truck goes. */
function farFrom(a: LonLat, b: LonLat): boolean {
  return Math.hypot(a[0] - b[0], a[1] - b[1]) > 8;
}

function GradeMark({ grade }: { grade: Grade }) {
  if (!grade) return <circle cx="15" cy="15" r="9" fill="var(--ink)" stroke="var(--map-halo)" strokeWidth="2" />;
  return (
    <g style={{ color: `var(--g${grade})` }}>
      <GradeShape grade={grade} size={30} />
      <text x="15" y={grade === 2 ? 24 : 20} textAnchor="middle" fontSize="13" fontWeight="700" fill={`var(--on-g${grade})`}>{grade}</text>
    </g>
  );
}

function TruckMark({ from, to }: { from: LonLat; to: LonLat }) {
  const angle = (Math.atan2(to[0] - from[0], from[1] - to[1]) * 180) / Math.PI;
  return (
    <path d="M0 -11L8 9 0 5 -8 9z" transform={`translate(${from[0]} ${from[1]}) rotate(${angle}) scale(1.4)`}
      fill="var(--truck)" stroke="var(--map-halo)" strokeWidth="1.2" strokeLinejoin="round" />
  );
}

function streetPaths(roads: Roads, view: (point: LonLat) => LonLat): { wide: string; small: string } {
  let wide = "";
  let small = "";
  roads.lines.forEach((line, index) => {
    const points = line.map(view);
    if (!points.some(([x, y]) => x > -60 && x < W + 60 && y > -60 && y < H + 60)) return;
    const d = points.map(([x, y], i) => `${i ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");
    if (/motorway|trunk|primary|secondary|arterial/.test(roads.classes[index] ?? "")) wide += d;
    else small += d;
  });
  return { wide, small };
}
