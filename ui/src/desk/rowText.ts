/** The words of a row: when it overflows, what its clock says, why it is here. */
import { listed, pick, t, word } from "../shared/i18n";
import { centimetres, hhmm, instantShort, now, type Lang } from "../shared/time";
import type { Row } from "./rows";

export interface Headline {
  short: string;
  long: string;
}

/** The largest word of a row: time first, then 余高, then the kind of trouble. */
export function headline(row: Row, lang: Lang): Headline {
  const { alarm } = row;
  if (row.returned) return { short: t("row.returned"), long: t("row.returned") };
  if (row.overflowing && alarm?.kind !== "gas") return { short: t("row.overflowing"), long: t("row.overflowing") };
  if (alarm?.kind === "gas" || alarm?.kind === "lid") {
    const kind = word("alarmKind", alarm.kind);
    return { short: kind, long: kind };
  }
  if (alarm?.overflow_at && Date.parse(alarm.overflow_at) > now()) {
    const when = instantShort(Date.parse(alarm.overflow_at), now(), lang);
    return { short: when, long: t("row.overflowAt", { when }) };
  }
  if (alarm && row.freeboard !== null) {
    const cm = centimetres(row.freeboard);
    return { short: `${cm} cm`, long: t("row.freeboard", { cm }) };
  }
  if (row.incident && row.incident.callers > 0) {
    const text = t("row.callers", { n: row.incident.callers });
    return { short: text, long: text };
  }
  return { short: "", long: row.incident ? t("row.incident", { number: row.incident.number }) : "" };
}

/** Second line: office · reason. */
export function because(row: Row): string {
  const reason = row.alarm ? pick(row.alarm.reason_zh, row.alarm.reason_en) : "";
  const calls = row.incident && row.incident.callers > 0 && row.alarm ? t("row.callers", { n: row.incident.callers }) : "";
  const state = row.incident && row.incident.handle !== "open" ? word("handle", row.incident.handle) : "";
  const opened = !row.alarm && row.incident ? t("row.opened", { when: hhmm(Date.parse(row.incident.opened_at)) }) : "";
  return listed([state, calls, reason || opened]);
}
