/** The plant keeper's tablet: which truck comes, take or refuse its load, today's receipts with totals. */
import { useEffect, useRef, useState } from "react";
import { Button, TruckGlyph } from "../shared/components";
import { explain, t, useLang, word } from "../shared/i18n";
import { Icon } from "../shared/icons";
import { useSession } from "../shared/session";
import { dayStart, hhmm, now, thousands } from "../shared/time";
import { say } from "../shared/toast";
import type { JobRow, Plant, Receipt, Truck } from "../shared/types";
import { useRemote } from "../shared/useRemote";
import { hold, sawTaken, takenSoFar, unseen, useOutbox } from "../phone/outbox";
import { PhoneBar, SignalBanner, usePhone } from "../phone/PhoneShell";
import { LoadDialog, type Load } from "./LoadDialog";
import { dueTrucks, receiptsWith, totalsOf, type DueTruck } from "./loads";
import "./plant.css";

const EVERY_MS = 5000;
const PLANT = "qs.plant";

function rememberedPlant(): string | null {
  try {
    return localStorage.getItem(PLANT);
  } catch {
    return null;
  }
}

export default function PlantApp() {
  useLang();
  usePhone("/plant");
  const { user } = useSession();
  const outbox = useOutbox();
  const plants = useRemote<{ items: Plant[] }>("/plants");
  const fleet = useRemote<{ items: Truck[] }>("/fleet");
  const jobs = useRemote<{ items: JobRow[] }>("/jobs?open=false&limit=300");
  const receipts = useRemote<{ items: Receipt[] }>("/receipts?limit=1000");
  const [code, setCode] = useState(rememberedPlant);
  const [load, setLoad] = useState<Load | null>(null);
  const plant = plants.data?.items.find((one) => one.code === code) ?? plants.data?.items[0] ?? null;

  const asked = useRef(0);
  useEffect(() => {
    const refresh = () => {
      asked.current = takenSoFar();
      for (const remote of [fleet, jobs, receipts]) remote.refresh();
    };
    refresh();
    const timer = window.setInterval(refresh, EVERY_MS);
    return () => window.clearInterval(timer);
  }, [fleet.refresh, jobs.refresh, receipts.refresh, outbox.taken]);

  useEffect(() => {
    if (receipts.data) sawTaken(asked.current);
  }, [receipts.data]);

  const choose = (one: Plant) => {
    setCode(one.code);
    try {
      localStorage.setItem(PLANT, one.code);
    } catch {
      // Without storage the choice lasts until reload.
    }
  };
  const due = dueTrucks(fleet.data?.items ?? [], jobs.data?.items ?? [], plant, unseen(outbox));
  const start = dayStart(now());
  const today = plant ? receiptsWith(receipts.data?.items ?? [], unseen(outbox), plant).filter((one) => one.at !== null && Date.parse(one.at) >= start) : [];
  const failed = plants.error ?? fleet.error ?? receipts.error;
  const record = (done: Load, volume: number, accepted: boolean, reason: string) => {
    if (!plant) return;
    setLoad(null);
    hold(0, { kind: "receipt", body: { plant_code: plant.code, truck_code: done.truck, job_id: done.jobId, volume_m3: volume, accepted, reason } }).then(
      () => say(t(accepted ? "plant.taken" : "plant.turned", { truck: done.truck, m3: volume })),
      (error: unknown) => say(explain(t("plant.record"), error), { failed: true }),
    );
  };
  return (
    <div className="phone tablet">
      <SignalBanner />
      <PhoneBar title={plant?.name ?? t("plant.title")} icon="user" name={user?.name ?? ""} />
      <div className="pl">
        <section aria-label={t("plant.due")}>
          {(plants.data?.items.length ?? 0) > 1 ? (
            <div className="tabs big0" role="tablist" aria-label={t("plant.which")}>
              {plants.data?.items.map((one) => <button key={one.code} type="button" role="tab" aria-selected={one.code === plant?.code || undefined} onClick={() => choose(one)}>{one.name}</button>)}
            </div>
          ) : null}
          <h2>{t("plant.due")}<small>{t("plant.dueN", { n: due.length })}</small></h2>
          {failed && !fleet.data ? <p className="muted">{explain(t("plant.due"), failed)}</p> : null}
          {fleet.data && due.length === 0 ? <p className="calm0">{t("plant.none")}</p> : null}
          <ul>{due.map((one) => <DueCard key={one.truck.truck_id} due={one} onOpen={(accepted) => setLoad({ truck: one.truck.code, jobId: one.jobId, volume: one.truck.load_m3 || null, accepted })} />)}</ul>
          <Button big className="wide" icon="plus" onClick={() => setLoad({ truck: "", jobId: null, volume: null, accepted: true })}>{t("plant.other")}</Button>
        </section>
        <Receipts today={today} plant={plant} />
      </div>
      {load ? <LoadDialog load={load} trucks={fleet.data?.items ?? []} onClose={() => setLoad(null)} onRecord={record} /> : null}
    </div>
  );
}

function DueCard({ due, onOpen }: { due: DueTruck; onOpen: (accepted: boolean) => void }) {
  const { truck, place, jobNumber, metres } = due;
  return (
    <li className="card due0">
      <div className="row">
        <TruckGlyph state={truck.state} size={28} /><b className="code">{truck.code}</b>
        <span className="soft">{word("truck", truck.state)}</span>
        <span className="end m3"><b>{truck.load_m3 ?? "–"}</b><small> / {truck.capacity_m3 ?? "–"} m³</small></span>
      </div>
      <p className="soft">{[truck.plate, truck.crew_name, metres === null ? "" : metres < 300 ? t("plant.here") : t("plant.away", { km: (metres / 1000).toFixed(1) })].filter(Boolean).join("·")}</p>
      {place ? <p className="muted">{t("plant.from", { place })}{jobNumber ? `·${jobNumber}` : ""}</p> : null}
      <div className="twob">
        <Button big className="blk" onClick={() => onOpen(false)}>{t("plant.refuse")}</Button>
        <Button big look="main" onClick={() => onOpen(true)}>{t("plant.take")}</Button>
      </div>
    </li>
  );
}

function Receipts({ today, plant }: { today: (Receipt & { held?: boolean })[]; plant: Plant | null }) {
  const totals = totalsOf(today);
  const capacity = plant?.capacity_m3_day ?? null;
  return (
    <section aria-label={t("plant.today")}>
      <h2>{t("plant.today")}<small>{plant ? t("plant.open", { from: plant.open_from, to: plant.open_to }) : ""}</small></h2>
      <dl className="sum0">
        <div><dt>{t("plant.loads")}</dt><dd>{totals.loads}</dd></div>
        <div><dt>{t("plant.volume")}</dt><dd>{thousands(totals.m3)}<small> m³</small></dd></div>
        <div><dt>{t("plant.refusals")}</dt><dd>{totals.refused}</dd></div>
        {capacity ? <div><dt>{t("plant.room")}</dt><dd>{thousands(Math.max(0, Math.round((capacity - totals.m3) * 10) / 10))}<small> / {thousands(capacity)} m³</small></dd></div> : null}
      </dl>
      {today.length === 0 ? <p className="calm0">{t("plant.noneToday")}</p> : (
        <div className="card tbl0">
          <table>
            <thead><tr><th scope="col">{t("col.when")}</th><th scope="col">{t("col.truck")}</th><th scope="col" className="fig">m³</th><th scope="col">{t("col.state")}</th><th scope="col">{t("col.receipt")}</th></tr></thead>
            <tbody>
              {today.map((one) => (
                <tr key={one.number || one.id}>
                  <td>{one.at ? hhmm(Date.parse(one.at)) : ""}</td><td><b>{one.truck_code}</b></td><td className="fig">{one.volume_m3}</td>
                  <td>{one.accepted ? t("plant.tookShort") : <b>{t("plant.refuse")}</b>}{one.reason ? <small> {one.reason}</small> : null}</td>
                  <td className="muted">{one.held ? <span className="row"><Icon name="sync" />{t("plant.held")}</span> : one.number}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
