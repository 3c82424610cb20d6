/** 派哪辆车: trucks in order of travel time by road, each with its reason; those left out say why. */
import { useState } from "react";
import { Button, TruckGlyph } from "../shared/components";
import { explain, pick, t, useLang } from "../shared/i18n";
import { hhmm, kilometres } from "../shared/time";
import type { RankedTruck, Ranking } from "../shared/types";

const FIRST = 3;

function loadWords(truck: RankedTruck): string {
  const capacity = truck.capacity_m3;
  if (capacity === null) return "";
  const free = capacity - (truck.load_m3 ?? 0);
  return free >= capacity - 0.05 ? t("truck.empty", { m3: capacity }) : t("truck.room", { m3: free.toFixed(1) });
}

interface Props {
  ranking: Ranking | null;
  error: unknown;
  busy: boolean;
  onSend: (truck: RankedTruck) => void;
  onRetry: () => void;
}

export function TruckChoice({ ranking, error, busy, onSend, onRetry }: Props) {
  useLang();
  const [all, setAll] = useState(false);
  if (!ranking) {
    return (
      <div className="sec">
        <div className="hd">{t("trucks.title")}</div>
        {error
          ? <p className="failtext" role="alert">{explain(t("trucks.title"), error)} <button type="button" className="link" onClick={onRetry}>{t("again")}</button></p>
          : <p className="quiet">{t("trucks.reckoning")}</p>}
      </div>
    );
  }
  const shown = all ? ranking.ranked : ranking.ranked.slice(0, FIRST);
  const near = [...ranking.left_out].sort((a, b) => (a.eta_s ?? 1e9) - (b.eta_s ?? 1e9));
  const out = all ? near : near.slice(0, 1);
  return (
    <div className="sec">
      <div className="hd">
        {t("trucks.title")}<small>{t(ranking.estimate ? "trucks.straight" : "trucks.by", { when: hhmm(Date.parse(ranking.computed_at)) })}</small>
        <button type="button" className="link end" onClick={() => setAll(!all)}>
          {all ? t("trucks.few") : t("trucks.all", { n: ranking.ranked.length + ranking.left_out.length })}
        </button>
      </div>
      <ul className="trk">
        {shown.map((truck, index) => (
          <li key={truck.truck_id} className={index === 0 ? "best" : undefined}>
            <span className="rk">{truck.rank}</span>
            <TruckGlyph state={truck.state} />
            <div className="grow">
              <div className="cut"><b>{truck.code}</b><span className="muted"> {[loadWords(truck), truck.crew_name].filter(Boolean).join("·")}</span></div>
              <p className="cut" title={pick(truck.reason_zh, truck.reason_en)}>{pick(truck.reason_zh, truck.reason_en)}</p>
            </div>
            <div className="eta"><b>{Math.max(1, Math.round(truck.eta_s / 60))}</b> {t("minute")}<small>{truck.distance_m === null ? "" : `${kilometres(truck.distance_m)} km`}</small></div>
            <Button look={index === 0 ? "main" : "plain"} cap={index === 0 ? "D" : undefined} disabled={busy} onClick={() => onSend(truck)}>
              {index === 0 ? t("trucks.sendThis") : t("trucks.send")}
            </Button>
          </li>
        ))}
        {ranking.ranked.length === 0 ? <li className="out"><p>{t("trucks.none")}</p></li> : null}
        {out.map((truck) => (
          <li key={truck.truck_id} className="out">
            <span className="rk">—</span>
            <TruckGlyph state="offline" />
            <div className="grow">
              <div className="cut"><b>{truck.code}</b><span> {truck.eta_s ? t("trucks.couldBe", { min: Math.round(truck.eta_s / 60) }) : ""}{t("trucks.leftOut")}</span></div>
              <p className="cut" title={pick(truck.reason_zh, truck.reason_en)}>{pick(truck.reason_zh, truck.reason_en)}</p>
            </div>
          </li>
        ))}
      </ul>
    </div>
  );
}
