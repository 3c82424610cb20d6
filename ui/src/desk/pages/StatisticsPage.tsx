/** 统计: counts by office, cause, channel or grid; every rate shows its n of N. */
import { useState } from "react";
import { t, word } from "../../shared/i18n";
import type { Cell, Table } from "../../shared/types";
import { useRemote } from "../../shared/useRemote";
import { records } from "../state";
import { DataPage, type Column } from "./DataPage";

const BY = ["office", "cause", "channel", "grid"] as const;
type By = (typeof BY)[number];
type Line = Record<string, Cell>;

interface Statistics extends Table {
  totals: Line;
}

/** A rate with fewer cases than this says that they are few. */
const FEW = 30;
const COUNTS = ["incidents", "reports", "callers", "closed", "proved", "recurrences"];
const RATES = ["solved", "satisfied"];

function name(line: Line, by: By): string {
  const key = line["key"];
  if (key === undefined || key === null || key === "") return "–";
  if (by === "channel") return word("channel", String(key));
  return by === "cause" ? word("cause", String(key)) : String(key);
}

function rate(line: Line, what: string): string {
  const n = Number(line[`${what}_n`] ?? 0);
  const of = Number(line[`${what}_of`] ?? 0);
  if (of === 0) return "–";
  return `${Math.round((n / of) * 100)}%  ${n} / ${of}${of < FEW ? ` ${t("statistics.few")}` : ""}`;
}

export function StatisticsPage() {
  const [by, setBy] = useState<By>("office");
  const remote = useRemote<Statistics>(`/statistics?by=${by}`);
  const { data } = remote;
  const lines = data ? records(data) : null;
  const items = lines && data && lines.length > 0 ? [...lines, { ...data.totals, key: t("statistics.total") }] : lines;
  const columns: Column<Line>[] = [
    { head: t(`statistics.by.${by}`), cell: (line) => <b>{name(line, by)}</b> },
    ...COUNTS.map((column) => ({ head: word("stat", column), figure: true, cell: (line: Line) => Number(line[column] ?? 0).toLocaleString("en-US") })),
    ...RATES.map((what) => ({ head: word("stat", what), figure: true, cell: (line: Line) => rate(line, what) })),
  ];
  return (
    <DataPage title={t("nav.statistics")} say={t("statistics.say")} remote={remote} items={items} id={(line) => String(line["key"])} empty={t("statistics.empty")} columns={columns}
      tools={
        <div className="tabs">
          {BY.map((one) => <button key={one} type="button" aria-selected={by === one || undefined} onClick={() => setBy(one)}>{t(`statistics.by.${one}`)}</button>)}
        </div>
      } />
  );
}
