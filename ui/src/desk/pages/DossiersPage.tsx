/** 档案: the spots that come back again and again. */
import { t } from "../../shared/i18n";
import { mdhm } from "../../shared/time";
import { useRemote } from "../../shared/useRemote";
import { DataPage } from "./DataPage";

interface Dossier {
  id: number;
  number: string;
  tank_name?: string | null;
  community_name?: string | null;
  office_name?: string | null;
  opened_at?: string | null;
  incidents?: unknown[] | number | null;
  incident_count?: number | null;
  reason_zh?: string | null;
  state?: string | null;
}

export function DossiersPage() {
  const remote = useRemote<{ items: Dossier[] }>("/dossiers");
  return (
    <DataPage title={t("dossiers.title")} say={t("dossiers.say")} remote={remote} items={remote.data?.items ?? null} id={(one) => one.id} empty={t("dossiers.empty")}
      columns={[
        { head: t("col.dossier"), cell: (one) => <b>{one.number}</b> },
        { head: t("col.place"), cell: (one) => one.tank_name ?? one.community_name ?? "" },
        { head: t("col.office"), cell: (one) => one.office_name ?? "" },
        { head: t("col.openedAt"), cell: (one) => (one.opened_at ? mdhm(Date.parse(one.opened_at)) : ""), figure: true },
        { head: t("col.incidents"), cell: (one) => (Array.isArray(one.incidents) ? one.incidents.length : (one.incidents ?? one.incident_count ?? "")), figure: true },
      ]} />
  );
}
