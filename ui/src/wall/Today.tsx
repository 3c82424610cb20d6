/** 今日 and 三率 on the wall: cleared of opened, answered of received, what the plants took; rates with n of N. */
import { useEffect } from "react";
import { query } from "../shared/api";
import { t, useLang } from "../shared/i18n";
import { responseRate, shareOf, type Share } from "../shared/rates";
import { dayStart, now, thousands } from "../shared/time";
import type { IncidentRow, Receipt, Report, Table, Cell } from "../shared/types";
import { useKept, useRemote } from "../shared/useRemote";

const EVERY_MS = 60_000;
const WEEK_MS = 7 * 86_400_000;

function iso(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, "Z");
}

export function Today({ incidents: open }: { incidents: Map<number, IncidentRow> }) {
  useLang();
  const start = dayStart(now());
  const incidents = useRemote<{ items: IncidentRow[] }>("/incidents?open=false&limit=500");
  const reports = useRemote<{ items: Report[] }>("/reports?open=false&limit=2000");
  const receipts = useRemote<{ items: Receipt[] }>("/receipts?limit=1000");
  // The address changes once an hour, so that the week moves on.
  const from = Math.floor((now() - WEEK_MS) / 3_600_000) * 3_600_000;
  const statistics = useRemote<Table & { totals: Record<string, Cell> }>(`/statistics${query({ by: "office", from: iso(from) })}`);
  const counted = useKept(statistics.data);
  useEffect(() => {
    const timer = window.setInterval(() => {
      for (const remote of [incidents, reports, receipts, statistics]) remote.refresh();
    }, EVERY_MS);
    return () => window.clearInterval(timer);
  }, [incidents.refresh, reports.refresh, receipts.refresh, statistics.refresh]);

  const opened = (incidents.data?.items ?? []).filter((one) => Date.parse(one.opened_at) >= start);
  const cleared = opened.filter((one) => (open.get(one.id) ?? one).status === "closed" || (open.get(one.id) ?? one).handle === "cleared");
  const calls = (reports.data?.items ?? []).filter((one) => Date.parse(one.received_at) >= start);
  const answered = calls.filter((one) => one.answered_at !== null);
  const loads = (receipts.data?.items ?? []).filter((one) => one.at !== null && Date.parse(one.at) >= start);
  const taken = loads.filter((one) => one.accepted);
  const m3 = taken.reduce((sum, one) => sum + one.volume_m3, 0);
  const totals = counted?.totals ?? {};
  const rates: [string, Share | null][] = [
    [t("rate.response"), reports.data ? responseRate(reports.data.items, from, now()) : null],
    [t("rate.solved"), counted ? shareOf(totals, "solved") : null],
    [t("rate.satisfied"), counted ? shareOf(totals, "satisfied") : null],
  ];
  return (
    <>
      <h2>{t("wall.today")}</h2>
      <dl className="kp">
        <Bar name={t("wall.emergency")} n={cleared.length} of={opened.length} unit={t("wall.cleared")} />
        <Bar name={t("wall.calls")} n={answered.length} of={calls.length} unit={t("wall.answered")} />
        <div><dt>{t("wall.plant")}</dt><dd>{thousands(Math.round(m3))}<small> m³ / {t("wall.loads", { n: taken.length })}{loads.length > taken.length ? ` ${t("wall.refusedLoads", { n: loads.length - taken.length })}` : ""}</small></dd></div>
      </dl>
      <h2>{t("rate.title")}<small>{t("wall.week")}</small></h2>
      <div className="r3">
        {rates.map(([name, share]) => (
          <div key={name}><b>{share === null || share.of === 0 ? "–" : ((share.n / share.of) * 100).toFixed(1)}</b><span>{name} %</span>
            <span>{share === null ? "" : `${thousands(share.n)} / ${thousands(share.of)}`}{share?.few ? ` ${t("statistics.few")}` : ""}</span></div>
        ))}
      </div>
    </>
  );
}

function Bar({ name, n, of, unit }: { name: string; n: number; of: number; unit: string }) {
  return (
    <div><dt>{name}</dt><dd>{n}<small> / {of} {unit}</small></dd>
      <i className="bar"><i style={{ width: `${of === 0 ? 0 : (n / of) * 100}%` }} /></i></div>
  );
}
