/** The job of a dispatched truck: where it stands, its gas test, photos and receipts, live. */
import { TruckGlyph } from "../shared/components";
import { explain, pick, t, useLang, word } from "../shared/i18n";
import { Icon } from "../shared/icons";
import { hhmm } from "../shared/time";
import type { GasReadings, GasTest, Job, TruckState } from "../shared/types";

const ROAD = ["offered", "accepted", "en_route", "arrived", "gas_cleared", "pumping", "pumped", "disposed", "finished"];

function truckStateOf(job: string): TruckState {
  if (job === "accepted" || job === "en_route") return "en_route";
  if (["arrived", "gas_cleared", "pumping", "pumped"].includes(job)) return "working";
  if (job === "disposed") return "hauling";
  return "idle";
}

/** Readings of a test, whether they come flat or under `readings`. */
export function gasReadings(test: GasTest): Partial<GasReadings> {
  return test.readings ?? { ch4_lel: test.ch4_lel, h2s_mgm3: test.h2s_mgm3, o2_pct: test.o2_pct, co_mgm3: test.co_mgm3 };
}

function gasLine(job: Job): string {
  const last = job.gas.tests.at(-1);
  if (!last) return t("job.gasNone");
  const r = gasReadings(last);
  const figures = `O₂ ${r.o2_pct ?? "–"}%·H₂S ${r.h2s_mgm3 ?? "–"}·CH₄ ${r.ch4_lel ?? "–"}%LEL·CO ${r.co_mgm3 ?? "–"}`;
  const late = last.stated_at && last.at ? `（${t("job.gasLate", { made: hhmm(Date.parse(last.stated_at)), came: hhmm(Date.parse(last.at)) })}）` : "";
  // Once the tank is pumped the gate has done its work; an old test no longer locks anything.
  return `${job.gas.cleared || LOADED.has(job.state) ? t("job.gasOk") : t("job.gasLocked")}，${figures}${late}`;
}

/** States in which the truck may stand at a plant with this job's load. */
const LOADED = new Set(["pumped", "disposed", "finished", "checked"]);

export function JobProgress({ job, error, onReceipt }: { job: Job | null; error: unknown; onReceipt?: () => void }) {
  useLang();
  if (!job) {
    return (
      <div className="sec">
        <div className="hd">{t("job.title")}</div>
        <p className="quiet">{error ? explain(t("job.title"), error) : t("job.waiting")}</p>
      </div>
    );
  }
  const at = ROAD.indexOf(job.state === "checked" ? "finished" : job.state);
  const off = at < 0;
  const lock = LOADED.has(job.state) ? "" : pick(job.gas.lock_zh, job.gas.lock_en);
  const receipt = job.receipts.at(-1);
  return (
    <div className="sec">
      <div className="hd">
        {t("job.title")}<small>{job.number}</small>
        {off ? <span className="tag end">{word("job", job.state)}</span> : null}
      </div>
      <div className="jobline">
        <TruckGlyph state={truckStateOf(job.state)} />
        <b>{job.truck_code}</b><span className="muted">{job.crew_name}</span>
        {job.state === "offered" ? <span className="end soft">{t("job.notAccepted")}</span> : null}
      </div>
      <ol className="road">
        {ROAD.map((state, index) => (
          <li key={state} className={index < at ? "past" : index === at ? "now" : undefined} aria-current={index === at ? "step" : undefined}>
            <i /><span>{word("job", state)}</span>
          </li>
        ))}
      </ol>
      <ul className="facts">
        <li><Icon name="gas" /><span>{gasLine(job)}</span></li>
        {lock && job.gas.tests.length > 0 ? <li className="t1"><Icon name="lock" /><span>{lock}</span></li> : null}
        <li><Icon name="camera" />
          <span>{t("job.photos", { n: job.photos.length })}{job.photos.length > 0 ? `：${[...new Set(job.photos.map((photo) => word("photo", photo.kind)))].join("、")}` : ""}</span>
        </li>
        <li><Icon name="scale" />
          <span>{receipt
            ? t(receipt.accepted ? "job.receipt" : "job.refused", { number: receipt.number, m3: receipt.volume_m3 })
            : job.volume_m3 ? t("job.pumpedNoReceipt", { m3: job.volume_m3 }) : t("job.noReceipt")}</span>
          {onReceipt && LOADED.has(job.state) && !job.receipts.some((one) => one.accepted) ? <button type="button" className="link nowrap" onClick={onReceipt}>{t("receipt.do")}</button> : null}
        </li>
      </ul>
      {job.photos.length > 0 ? (
        <div className="strip">
          {job.photos.slice(0, 7).map((photo) => (
            <a key={photo.sha256} href={`/api/v1/photos/${photo.sha256}`} target="_blank" rel="noreferrer">
              <img src={`/api/v1/photos/${photo.sha256}`} alt={word("photo", photo.kind)} loading="lazy" />
              <span>{word("photo", photo.kind)} {photo.taken_at ? hhmm(Date.parse(photo.taken_at)) : ""}</span>
            </a>
          ))}
        </div>
      ) : null}
    </div>
  );
}
