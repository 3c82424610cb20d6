/** 巡查: the newest findings and the rounds they came from. */
import { useState } from "react";
import { Button } from "../../shared/components";
import { t, word } from "../../shared/i18n";
import { mdhm } from "../../shared/time";
import type { Finding, Round } from "../../shared/types";
import { useRemote } from "../../shared/useRemote";
import { RoundDialog } from "../RoundDialog";
import { liveState } from "../store";
import { DataPage } from "./DataPage";

function when(instant: string | null): string {
  return instant ? mdhm(Date.parse(instant)) : "";
}

function tankName(id: number): string {
  return liveState().tanks.get(id)?.name ?? String(id);
}

export function PatrolPage() {
  const [shown, setShown] = useState<"findings" | "rounds">("findings");
  const rounds = useRemote<{ items: Round[] }>("/rounds");
  const findings = useRemote<{ items: Finding[] }>("/findings");
  const [planning, setPlanning] = useState(false);
  const walkers = [...new Set((rounds.data?.items ?? []).map((round) => round.patroller))];
  const tools = (
    <>
      <div className="tabs">
        <button type="button" aria-selected={shown === "findings" || undefined} onClick={() => setShown("findings")}>{t("col.findings")}</button>
        <button type="button" aria-selected={shown === "rounds" || undefined} onClick={() => setShown("rounds")}>{t("col.round")}</button>
      </div>
      <Button look="main" icon="plus" onClick={() => setPlanning(true)}>{t("round.do")}</Button>
      {planning ? <RoundDialog known={walkers} onClose={() => { setPlanning(false); setShown("rounds"); rounds.refresh(); }} /> : null}
    </>
  );
  if (shown === "rounds") {
    return (
      <DataPage title={t("nav.patrol")} say={t("patrol.say")} remote={rounds} items={rounds.data?.items ?? null} id={(round) => round.id} empty={t("patrol.empty")} tools={tools}
        columns={[
          { head: t("col.round"), cell: (round) => <b>{round.number}</b> },
          { head: t("col.state"), cell: (round) => word("round", round.state) },
          { head: t("col.person"), cell: (round) => round.patroller },
          { head: t("col.tanks"), cell: (round) => round.tank_ids.length, figure: true },
          { head: t("col.plannedAt"), cell: (round) => when(round.planned_at), figure: true },
          { head: t("col.startedAt"), cell: (round) => when(round.started_at), figure: true },
          { head: t("col.finishedAt"), cell: (round) => when(round.finished_at), figure: true },
        ]} />
    );
  }
  return (
    <DataPage title={t("nav.patrol")} say={t("patrol.say")} remote={findings} items={findings.data?.items ?? null} id={(finding) => finding.id} empty={t("patrol.noFindings")} tools={tools}
      columns={[
        { head: t("col.when"), cell: (finding) => when(finding.found_at) },
        { head: t("col.place"), cell: (finding) => <b>{tankName(finding.tank_id)}</b> },
        { head: t("col.findings"), cell: (finding) => word("finding", finding.what) },
        { head: t("col.severity"), cell: (finding) => word("severity", finding.severity) },
        { head: t("col.note"), cell: (finding) => finding.note },
        { head: t("col.person"), cell: (finding) => finding.found_by.replace(/^account:/, "") },
        { head: t("col.photo"), cell: (finding) => (finding.photo_sha256 ? <a href={`/api/v1/photos/${finding.photo_sha256}`} target="_blank" rel="noreferrer">{t("list.look")}</a> : "") },
      ]} />
  );
}
