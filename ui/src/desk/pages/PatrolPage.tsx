/** 巡查: rounds and what they found. */
import { t, word } from "../../shared/i18n";
import { mdhm } from "../../shared/time";
import { useRemote } from "../../shared/useRemote";
import { DataPage } from "./DataPage";

interface Finding {
  id: number;
  tank_name?: string | null;
  tank_id?: number | null;
  what: string;
  severity?: string | number | null;
  note?: string | null;
  at?: string | null;
  recorded_at?: string | null;
}

interface Round {
  id: number;
  number?: string | null;
  state?: string | null;
  status?: string | null;
  grid_name?: string | null;
  person_name?: string | null;
  planned_at?: string | null;
  planned_on?: string | null;
  tanks?: unknown[] | number | null;
  findings?: Finding[];
}

function count(value: unknown[] | number | null | undefined): string {
  if (Array.isArray(value)) return String(value.length);
  return value == null ? "" : String(value);
}

export function PatrolPage() {
  const remote = useRemote<{ items: Round[] }>("/rounds");
  return (
    <DataPage title={t("nav.patrol")} say={t("patrol.say")} remote={remote} items={remote.data?.items ?? null} id={(round) => round.id} empty={t("patrol.empty")}
      columns={[
        { head: t("col.round"), cell: (round) => <b>{round.number ?? round.id}</b> },
        { head: t("col.grid"), cell: (round) => round.grid_name ?? "" },
        { head: t("col.person"), cell: (round) => round.person_name ?? "" },
        { head: t("col.state"), cell: (round) => word("round", round.state ?? round.status) },
        { head: t("col.when"), cell: (round) => (round.planned_at ? mdhm(Date.parse(round.planned_at)) : (round.planned_on ?? "")), figure: true },
        { head: t("col.tanks"), cell: (round) => count(round.tanks), figure: true },
        { head: t("col.findings"), cell: (round) => (round.findings ?? []).map((finding) => [finding.tank_name, word("finding", finding.what), finding.note].filter(Boolean).join(" ")).join("；") },
      ]} />
  );
}
