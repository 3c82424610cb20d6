/** 统计: counts by office, cause, channel or grid, straight from the closed books. */
import { useState } from "react";
import { t, word } from "../../shared/i18n";
import type { Cell, Table } from "../../shared/types";
import { useRemote } from "../../shared/useRemote";
import { DataPage } from "./DataPage";

const BY = ["office", "cause", "channel", "grid"] as const;
type By = (typeof BY)[number];

interface Statistics extends Table {
  totals?: Cell[] | Record<string, Cell> | null;
}

function show(value: Cell | undefined, by: By): string {
  if (value === null || value === undefined) return "–";
  if (typeof value === "number") return Number.isInteger(value) ? value.toLocaleString("en-US") : value.toFixed(1);
  return by === "channel" ? word("channel", String(value)) : by === "cause" ? word("cause", String(value)) : String(value);
}

export function StatisticsPage() {
  const [by, setBy] = useState<By>("office");
  const remote = useRemote<Statistics>(`/statistics?by=${by}`);
  const { data } = remote;
  const totals = data?.totals ?? null;
  const total = data && totals ? data.columns.map((column, index) => (Array.isArray(totals) ? totals[index] : index === 0 ? t("statistics.total") : totals[column]) ?? null) : null;
  const rows = data ? [...data.rows, ...(total ? [total] : [])].map((cells, index) => ({ cells, index })) : null;
  return (
    <DataPage title={t("nav.statistics")} say={t("statistics.say")} remote={remote} items={data && data.rows.length === 0 ? [] : rows} id={(row) => row.index} empty={t("statistics.empty")}
      tools={
        <div className="tabs">
          {BY.map((one) => <button key={one} type="button" aria-selected={by === one || undefined} onClick={() => setBy(one)}>{t(`statistics.by.${one}`)}</button>)}
        </div>
      }
      columns={(data?.columns ?? []).map((column, index) => ({
        head: word("stat", column), figure: index > 0,
        cell: (row: { cells: Cell[]; index: number }) => (row.index === data?.rows.length ? <b>{show(row.cells[index], by)}</b> : show(row.cells[index], by)),
      }))} />
  );
}
