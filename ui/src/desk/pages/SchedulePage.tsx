/** 年计划: tanks due in the next 30 days, the most overdue first. */
import { t } from "../../shared/i18n";
import { useRemote } from "../../shared/useRemote";
import { DataPage } from "./DataPage";

interface Due {
  tank_id: number;
  code: string;
  name: string;
  grid_name: string | null;
  last_desludged_on: string | null;
  due_on: string;
  days_left: number;
}

export function SchedulePage() {
  const remote = useRemote<{ items: Due[] }>("/schedule/due?days=30");
  return (
    <DataPage title={t("year.title")} say={t("year.say", { n: remote.data?.items.length ?? 0 })} remote={remote} items={remote.data?.items ?? null}
      id={(due) => due.tank_id} empty={t("year.empty")}
      columns={[
        { head: t("col.tank"), cell: (due) => <b>{due.code}</b> },
        { head: t("col.place"), cell: (due) => due.name },
        { head: t("col.grid"), cell: (due) => due.grid_name ?? "" },
        { head: t("col.lastDone"), cell: (due) => due.last_desludged_on ?? t("year.never"), figure: true },
        { head: t("col.dueOn"), cell: (due) => due.due_on, figure: true },
        {
          head: t("col.daysLeft"), figure: true,
          cell: (due) => (due.days_left < 0 ? <b className="t1">{t("year.late", { n: -due.days_left })}</b> : t("year.left", { n: due.days_left })),
        },
      ]} />
  );
}
