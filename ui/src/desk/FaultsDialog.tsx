/** Level gauges that went silent or fail: a list for the station, never a grade. */
import { Dialog } from "../shared/components";
import { pick, t, word } from "../shared/i18n";
import { mdhm } from "../shared/time";
import { isForOperator } from "./rows";
import type { DeskState } from "./state";

export function FaultsDialog({ state, onClose }: { state: DeskState; onClose: () => void }) {
  const faults = [...state.alarms.values()].filter((alarm) => !isForOperator(alarm));
  return (
    <Dialog title={t("faults.title", { n: faults.length })} onClose={onClose} wide>
      <p className="muted note">{t("faults.say")}</p>
      <div className="scroll">
        <table className="tbl">
          <thead><tr><th>{t("col.what")}</th><th>{t("col.place")}</th><th>{t("col.office")}</th><th>{t("col.since")}</th><th>{t("col.reason")}</th></tr></thead>
          <tbody>
            {faults.map((alarm) => (
              <tr key={alarm.id}>
                <td><span className="tag">{word("alarmKind", alarm.kind)}</span></td>
                <td>{alarm.tank_name}</td><td>{alarm.office_name}</td><td className="num">{mdhm(Date.parse(alarm.raised_at))}</td>
                <td>{pick(alarm.reason_zh, alarm.reason_en)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Dialog>
  );
}
