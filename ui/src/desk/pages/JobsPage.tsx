/** 作业: the open jobs, newest first, or all of them. */
import { useState } from "react";
import { GradeTag } from "../../shared/components";
import { t, word } from "../../shared/i18n";
import { mdhm } from "../../shared/time";
import type { JobRow } from "../../shared/types";
import { useRemote } from "../../shared/useRemote";
import { DataPage } from "./DataPage";

export function JobsPage() {
  const [open, setOpen] = useState(true);
  const remote = useRemote<{ items: JobRow[] }>(open ? "/jobs?open=true" : "/jobs?open=false");
  return (
    <DataPage title={t("nav.jobs")} say={t("jobs.say")} remote={remote} items={remote.data?.items ?? null} id={(job) => job.id} empty={t("jobs.empty")}
      tools={
        <div className="tabs">
          <button type="button" aria-selected={open || undefined} onClick={() => setOpen(true)}>{t("jobs.open")}</button>
          <button type="button" aria-selected={!open || undefined} onClick={() => setOpen(false)}>{t("tab.all")}</button>
        </div>
      }
      columns={[
        { head: t("col.job"), cell: (job) => <b>{job.number}</b> },
        { head: t("col.grade"), cell: (job) => <GradeTag grade={job.grade} /> },
        { head: t("col.place"), cell: (job) => job.tank?.name ?? job.tank_name ?? "" },
        { head: t("col.truck"), cell: (job) => job.truck_code },
        { head: t("col.crew"), cell: (job) => job.crew_name ?? "" },
        { head: t("col.state"), cell: (job) => word("job", job.state) },
        { head: t("col.incident"), cell: (job) => job.incident_number ?? t("jobs.planned") },
        { head: t("col.offeredAt"), cell: (job) => (job.offered_at ? mdhm(Date.parse(job.offered_at)) : ""), figure: true },
        { head: t("col.arrivedAt"), cell: (job) => (job.arrived_at ? mdhm(Date.parse(job.arrived_at)) : ""), figure: true },
        { head: "m³", cell: (job) => job.volume_m3 ?? "", figure: true },
      ]} />
  );
}
