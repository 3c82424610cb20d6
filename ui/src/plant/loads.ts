/** Which trucks come to the plant with a load, and what today's loads add up to: pure. */
import type { Entry } from "../phone/outbox";
import type { JobRow, Plant, Receipt, Truck } from "../shared/types";

export interface DueTruck {
  truck: Truck;
  jobId: number | null;
  jobNumber: string | null;
  place: string | null;
  /** Straight distance to the plant, metres. */
  metres: number | null;
}

const LOADED = new Set(["pumped", "finished", "checked", "disposed"]);

function metresBetween(truck: Truck, plant: Plant | null): number | null {
  if (!plant || plant.lat === null || plant.lon === null || truck.lat === null || truck.lon === null) return null;
  const east = (truck.lon - plant.lon) * Math.cos((plant.lat * Math.PI) / 180) * 111_320;
  return Math.hypot(east, (truck.lat - plant.lat) * 110_540);
}

/** Trucks that haul, nearest first; then loaded ones that still stand at work. */
export function dueTrucks(fleet: Truck[], jobs: JobRow[], plant: Plant | null, held: Entry[] = []): DueTruck[] {
  const emptied = new Set(held.flatMap(({ act }) => (act.kind === "receipt" && act.body.accepted ? [act.body.truck_code] : [])));
  const newest = [...jobs].sort((a, b) => b.id - a.id);
  return fleet
    .filter((truck) => !emptied.has(truck.code) && (truck.state === "hauling" || ((truck.load_m3 ?? 0) > 0 && truck.state !== "working" && truck.state !== "off_duty")))
    .map((truck) => {
      const job = newest.find((one) => one.truck_id === truck.truck_id && LOADED.has(one.state));
      return { truck, jobId: job?.id ?? null, jobNumber: job?.number ?? null, place: job?.tank_name ?? null, metres: metresBetween(truck, plant) };
    })
    .sort((a, b) => Number(b.truck.state === "hauling") - Number(a.truck.state === "hauling") || (a.metres ?? Infinity) - (b.metres ?? Infinity));
}

/** The plant's receipts, the ones still kept here first. */
export function receiptsWith(receipts: Receipt[], held: Entry[], plant: Plant): (Receipt & { held?: boolean })[] {
  const waiting = held.flatMap((entry): (Receipt & { held: boolean })[] => (
    entry.act.kind === "receipt" && entry.act.body.plant_code === plant.code
      ? [{ id: -(entry.n ?? 1), number: "", at: entry.at, plant_name: plant.name, ...entry.act.body, held: true }]
      : []
  ));
  return [...waiting.reverse(), ...receipts.filter((one) => one.plant_code === plant.code)];
}

export interface Totals {
  loads: number;
  m3: number;
  refused: number;
}

export function totalsOf(receipts: Receipt[]): Totals {
  const taken = receipts.filter((one) => one.accepted);
  return { loads: taken.length, m3: Math.round(taken.reduce((sum, one) => sum + one.volume_m3, 0) * 100) / 100, refused: receipts.length - taken.length };
}
