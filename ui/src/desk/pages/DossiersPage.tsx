/** 档案: the spots that come back again and again. */
import { t, word } from "../../shared/i18n";
import { go } from "../../shared/router";
import { mdhm } from "../../shared/time";
import { useRemote } from "../../shared/useRemote";
import { DataPage } from "./DataPage";

export interface DossierRow {
  id: number;
  number: string;
  tank_id: number | null;
  community_id: number | null;
  tank_name?: string | null;
  community_name?: string | null;
  opened_at: string;
  incident_ids: number[];
  cause: string;
  measure: string;
  note: string;
  state: string;
}

export function DossiersPage() {
  const remote = useRemote<{ items: DossierRow[] }>("/dossiers");
  return (
    <DataPage title={t("dossiers.title")} say={t("dossiers.say")} remote={remote} items={remote.data?.items ?? null} id={(one) => one.id} empty={t("dossiers.empty")}
      columns={[
        { head: t("col.dossier"), cell: (one) => <a href={`/dossiers/${one.id}`} onClick={(event) => { event.preventDefault(); go(`/dossiers/${one.id}`); }}><b>{one.number}</b></a> },
        { head: t("col.place"), cell: (one) => one.tank_name ?? one.community_name ?? "" },
        { head: t("col.state"), cell: (one) => word("dossier", one.state) },
        { head: t("col.incidents"), cell: (one) => one.incident_ids.length, figure: true },
        { head: t("col.openedAt"), cell: (one) => mdhm(Date.parse(one.opened_at)), figure: true },
        { head: t("col.cause"), cell: (one) => one.cause },
        { head: t("col.measure"), cell: (one) => one.measure },
      ]} />
  );
}
