/** The watch list: tabs, counts by grade, one row per place, the comms line at the foot. */
import { memo, useEffect, useRef } from "react";
import { Clock, EmptyState, GradeShape, GradeTag, LevelRuler } from "../shared/components";
import { t, useLang, word } from "../shared/i18n";
import { Icon } from "../shared/icons";
import { hhmm, thousands } from "../shared/time";
import type { Alarm, Grade } from "../shared/types";
import { because, headline } from "./rowText";
import { inTab, isForOperator, type Counts, type Row, type RowTab } from "./rows";
import type { DeskState } from "./state";

const TABS: RowTab[] = ["new", "seen", "shelved", "all"];
const GRADES: Grade[] = [1, 2, 3, 4];

interface Props {
  state: DeskState;
  rows: Row[];
  counts: Counts;
  tab: RowTab;
  selectedKey: string | null;
  onTab: (tab: RowTab) => void;
  onSelect: (key: string) => void;
  onFaults: () => void;
}

export function AlarmList({ state, rows, counts, tab, selectedKey, onTab, onSelect, onFaults }: Props) {
  useLang();
  const shown = rows.filter((row) => inTab(row, tab));
  const faults = [...state.alarms.values()].filter((alarm) => !isForOperator(alarm));
  const busy = new Set(rows.map((row) => row.tankId));
  return (
    <section className="list" aria-label={t("list.label")}>
      <div className="lh">
        <div className="tabs" role="tablist">
          {TABS.map((name) => (
            <button key={name} type="button" role="tab" aria-selected={tab === name || undefined} onClick={() => onTab(name)}>
              {t(`tab.${name}`)} {counts[name]}
            </button>
          ))}
        </div>
        <div className="cnt">
          {GRADES.map((grade) => (
            <span key={grade}><GradeShape grade={grade} size={13} colored /><b>{counts.grades[grade - 1]}</b>{word("grade", String(grade))}</span>
          ))}
          <span className="end muted">{t("list.normal", { n: thousands(Math.max(0, state.tanks.size - busy.size)) })}</span>
        </div>
      </div>
      <ul className="rows">
        {shown.map((row) => <AlarmRow key={row.key} row={row} selected={row.key === selectedKey} onSelect={onSelect} />)}
        {shown.length === 0 ? <li><Calm state={state} all={tab === "all"} /></li> : null}
      </ul>
      <FaultLine faults={faults} onFaults={onFaults} />
    </section>
  );
}

function Calm({ state, all }: { state: DeskState; all: boolean }) {
  if (!all) return <EmptyState icon="check" title={t("list.emptyTab")} />;
  if (state.tanks.size === 0) return <EmptyState icon="tank" title={t("list.noTanks")}>{t("list.noTanksSay")}</EmptyState>;
  const online = [...state.states.values()].filter((one) => one.level_m !== null).length;
  return (
    <EmptyState icon="check" title={t("list.calm")}>
      {t("list.calmSay", { tanks: thousands(state.tanks.size), sensors: thousands(online) })}
    </EmptyState>
  );
}

function FaultLine({ faults, onFaults }: { faults: Alarm[]; onFaults: () => void }) {
  const comms = faults.filter((alarm) => alarm.kind === "comms").length;
  return (
    <div className="lf">
      <span className="g g0">{t("list.comms")}</span>
      <span className="cut">{faults.length === 0 ? t("list.commsNone") : t("list.commsSay", { comms, faults: faults.length - comms })}</span>
      {faults.length > 0 ? <button type="button" className="link end nowrap" onClick={onFaults}>{t("list.look")}</button> : null}
    </div>
  );
}

interface RowProps {
  row: Row;
  selected: boolean;
  onSelect: (key: string) => void;
}

function sameRow(a: RowProps, b: RowProps): boolean {
  return a.selected === b.selected && a.row.alarm === b.row.alarm && a.row.incident === b.row.incident
    && a.row.freeboard === b.row.freeboard && a.row.grade === b.row.grade && a.row.tab === b.row.tab && a.row.filled === b.row.filled;
}

const AlarmRow = memo(function AlarmRow({ row, selected, onSelect }: RowProps) {
  const lang = useLang();
  const ref = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (selected) ref.current?.scrollIntoView({ block: "nearest" });
  }, [selected]);
  const head = headline(row, lang);
  const ink = row.grade > 0 && row.grade < 3 && !row.returned && row.tab !== "shelved" ? `t${row.grade}` : undefined;
  const gas = row.alarm?.kind === "gas";
  const call = row.alarm === null;
  return (
    <li ref={ref} className={selected ? "al sel" : "al"}>
      <button type="button" onClick={() => onSelect(row.key)} aria-current={selected || undefined}>
        {gas || call
          ? <span className={`gi${gas ? ` t${row.grade}` : ""}`}><Icon name={gas ? "gas" : "phone"} /></span>
          : <LevelRuler filled={row.returned ? 0 : row.filled} grade={row.tab === "shelved" ? 0 : row.grade} />}
        <span className="grow">
          <span className="row a1">
            <GradeTag grade={row.tab === "shelved" ? 0 : row.grade} />
            <b className="cut grow">{row.place}</b>
            <b className={ink ? `a3 ${ink}` : "a3"}>{head.short}</b>
          </span>
          <span className="a2 row">
            {row.tab === "new" ? <span className="tag">{t("row.unseen")}</span> : null}
            <span className="cut grow">{[row.office.replace(/街道$/, ""), because(row)].filter(Boolean).join("·")}</span>
            <em><RowClock row={row} /></em>
          </span>
        </span>
      </button>
    </li>
  );
}, sameRow);

function RowClock({ row }: { row: Row }) {
  const until = row.alarm?.shelved_until;
  if (row.tab === "shelved" && until) return <>{t("row.shelvedTo", { when: hhmm(Date.parse(until)) })}</>;
  const incident = row.incident;
  if (!incident?.next_due_at) return <>{row.alarm && !incident ? t("row.noIncident") : ""}</>;
  return <Clock due={incident.next_due_at} start={incident.opened_at} label={word("clock", incident.next_due_clock)} />;
}
