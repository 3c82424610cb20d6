/** Shapes of the product's HTTP answers that the screens read. Times are ISO-8601 UTC. */

export type Grade = 0 | 1 | 2 | 3 | 4;

export interface User {
  id: number;
  username: string;
  name: string;
  roles: string[];
  truck_code: string | null;
  person_code: string | null;
}

export interface Meta {
  version: string;
  station: string;
  simulated: boolean;
  now: string;
  clock_speed: number;
  center: { lat: number; lon: number };
  zone: string;
}

export type Cell = string | number | boolean | null;

export interface Table {
  columns: string[];
  rows: Cell[][];
}

export type AlarmKind = "level" | "comms" | "fault" | "gas" | "lid";

export interface Alarm {
  id: number;
  number: string | null;
  kind: AlarmKind;
  tank_id: number;
  tank_name: string;
  office_name: string | null;
  grade: Grade;
  process: "active_unacknowledged" | "active_acknowledged" | "returned_unacknowledged" | "normal";
  suppression: "none" | "shelved" | "by_design" | "out_of_service";
  shelved_until: string | null;
  raised_at: string;
  regraded_at: string | null;
  returned_at: string | null;
  acknowledged_at: string | null;
  acknowledged_by: string | null;
  reason_zh: string;
  reason_en: string;
  level_m: number | null;
  freeboard_m: number | null;
  overflow_at: string | null;
  overflow_from: string | null;
  overflow_to: string | null;
}

export type TrackName = "handle" | "coordinate" | "regularise";

export interface IncidentRow {
  id: number;
  number: string;
  grade: Grade;
  tank_id: number | null;
  tank_name: string | null;
  tank_code: string | null;
  office_name: string | null;
  community_name: string | null;
  lat: number | null;
  lon: number | null;
  opened_at: string;
  status: "open" | "closed";
  handle: string;
  coordinate: string;
  regularise: string;
  callers: number;
  alarm_ids: number[];
  report_ids: number[];
  next_due_at: string | null;
  next_due_clock: string | null;
  overdue: boolean;
  recurrence_of: number | null;
}

export interface TrackClock {
  name: string;
  due_at: string;
  met_at: string | null;
  waived?: boolean;
}

export interface Track {
  state: string;
  allowed?: string[];
  steps: { state: string; at: string | null }[];
  clocks: TrackClock[];
}

export interface LogEntry {
  seq: number;
  at: string;
  kind: string;
  subject_kind: string;
  subject_id: number;
  actor: string;
  payload: Record<string, unknown>;
}

export interface Report {
  id: number;
  number: string;
  channel: string;
  channel_number: string | null;
  text: string;
  category: string | null;
  urgency: string | null;
  status: string;
  tank_id: number | null;
  tank_name: string | null;
  office_name: string | null;
  community_name: string | null;
  incident_id: number | null;
  incident_number: string | null;
  reporter_masked: string | null;
  phone_masked: string | null;
  repeat?: boolean;
  received_at: string;
  due_at: string | null;
  answered_at: string | null;
}

export interface Incident extends IncidentRow {
  tracks: Record<TrackName, Track>;
  alarms: number[];
  reports?: Report[];
  findings: unknown[];
  history: { seq: number; at: string; kind: string; actor: string; payload: Record<string, unknown> }[];
}

export type TruckState = "idle" | "en_route" | "working" | "hauling" | "offline" | "off_duty";

export interface Truck {
  truck_id: number;
  code: string;
  plate: string | null;
  lat: number | null;
  lon: number | null;
  heading_deg: number | null;
  speed_kmh: number | null;
  positioned_at: string | null;
  state: TruckState;
  load_m3: number | null;
  capacity_m3: number | null;
  crew_name: string | null;
  job_id: number | null;
}

export interface RankedTruck {
  truck_id: number;
  code: string;
  rank: number;
  eta_s: number;
  drive_s: number;
  distance_m: number | null;
  reason_zh: string;
  reason_en: string;
  state: TruckState;
  load_m3: number | null;
  capacity_m3: number | null;
  crew_name: string | null;
  route?: [number, number][] | null;
}

export interface LeftOutTruck {
  truck_id: number;
  code: string;
  eta_s?: number | null;
  reason_zh: string;
  reason_en: string;
}

export interface Ranking {
  computed_at: string;
  estimate?: boolean;
  ranked: RankedTruck[];
  left_out: LeftOutTruck[];
}

export interface TankDetail {
  id: number;
  code: string;
  name: string;
  lat: number;
  lon: number;
  address?: string | null;
  office_name?: string | null;
  community_name?: string | null;
  grid_name?: string | null;
  keeper_name?: string | null;
  cover_m?: number | null;
  outlet_m?: number | null;
  volume_m3?: number | null;
  chambers?: number | null;
  households?: number | null;
  access_width_m?: number | null;
  lid_position?: string | null;
  last_desludged_on?: string | null;
  building_type?: string | null;
  has_sensor?: boolean;
  sensors?: unknown[];
}

export interface Proof {
  items: { name: string; ok: boolean; zh: string; en: string }[];
  can_close: boolean;
}

export interface GasReadings {
  ch4_lel: number;
  h2s_mgm3: number;
  o2_pct: number;
  co_mgm3: number;
}

export interface GasTest {
  at?: string | null;
  /** When the phone says it was made, where it came in later. */
  stated_at?: string | null;
  tested_at?: string | null;
  readings?: Partial<GasReadings>;
  ch4_lel?: number;
  h2s_mgm3?: number;
  o2_pct?: number;
  co_mgm3?: number;
  instrument?: string | null;
  tested_by?: string | null;
  cleared?: boolean;
}

export interface GasLimits {
  o2_pct: [number, number];
  h2s_mgm3: number;
  ch4_lel: number;
  co_mgm3: number;
}

export interface SopStep {
  id: string;
  title_zh: string;
  title_en: string;
  rule_zh: string | null;
  rule_en: string | null;
  phase?: string | null;
  photo_kind: string | null;
  photo_count?: number | null;
  photo_name_zh?: string | null;
  photo_name_en?: string | null;
  done_at: string | null;
  needs_zh: string | null;
  needs_en: string | null;
}

export interface Todo {
  zh: string;
  en: string;
  done: boolean;
}

export interface JobRow {
  id: number;
  number: string;
  state: string;
  truck_id: number;
  truck_code: string;
  crew_name: string | null;
  incident_id: number | null;
  incident_number: string | null;
  grade: Grade | null;
  tank?: { id: number; code: string; name: string; lat: number; lon: number };
  tank_id?: number;
  tank_name?: string | null;
  arrive_due_at?: string | null;
  offered_at?: string | null;
  arrived_at?: string | null;
  volume_m3?: number | null;
}

export interface Job extends JobRow {
  tank: {
    id: number;
    code: string;
    name: string;
    address: string | null;
    lat: number;
    lon: number;
    volume_m3: number | null;
    chambers: number | null;
    access_width_m: number | null;
    hose_distance_m: number | null;
    lid_position: string | null;
    gas_history: string | null;
    freeboard_m: number | null;
    level_m: number | null;
  };
  lat: number | null;
  lon: number | null;
  community_name?: string | null;
  office_name?: string | null;
  reason?: string;
  contact: { name_masked: string | null; phone?: string | null } | null;
  eta_s: number | null;
  sop: { version: string; steps: SopStep[] };
  gas: {
    limits: GasLimits;
    tests: GasTest[];
    cleared: boolean;
    /** Minutes a passed test stays good, and until when the last one is. */
    valid_min?: number;
    valid_until?: string | null;
    lock_zh: string | null;
    lock_en: string | null;
    todo: Todo[];
  };
  photos: { kind: string; sha256: string; taken_at: string | null }[];
  receipts: { number: string; volume_m3: number; accepted: boolean; plant_name?: string; at?: string }[];
  allowed: string[];
  history: unknown[];
}

export interface Receipt {
  id: number;
  number: string;
  at: string | null;
  plant_code: string;
  plant_name: string;
  truck_code: string;
  job_id: number | null;
  volume_m3: number;
  accepted: boolean;
  reason: string;
}

export interface Plant {
  id: number;
  code: string;
  name: string;
  lat: number | null;
  lon: number | null;
  open_from: string;
  open_to: string;
  capacity_m3_day: number | null;
}

export interface Round {
  id: number;
  number: string;
  state: "planned" | "started" | "finished";
  patroller: string;
  tank_ids: number[];
  planned_at: string | null;
  started_at: string | null;
  finished_at: string | null;
}

export interface Finding {
  id: number;
  round_id: number | null;
  tank_id: number;
  what: string;
  severity: string;
  note: string;
  photo_sha256: string | null;
  found_at: string | null;
  found_by: string;
}

export interface Proposal {
  tank_id: number;
  code: string;
  name: string;
  score: number;
  reason_zh: string;
  reason_en: string;
}

export interface Way {
  route: [number, number][];
  distance_m: number | null;
  drive_s: number | null;
}

export interface Roads {
  lines: [number, number][][];
  classes: string[];
  /** Each street's name once, at a place on it. */
  labels?: { name: string; at: [number, number]; length_m: number }[];
}
