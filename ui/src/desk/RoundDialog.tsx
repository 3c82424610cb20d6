/** 排巡查: who, where, how many; the tanks most worth a look are proposed with their reasons. */
import { useState } from "react";
import { post, query } from "../shared/api";
import { explain, pick, t, useLang } from "../shared/i18n";
import { say } from "../shared/toast";
import type { Proposal, Round } from "../shared/types";
import { useRemote } from "../shared/useRemote";
import { FormDialog } from "./dialogs";

const COUNTS = [8, 12, 20, 30];

interface Props {
  /** User names seen on earlier rounds. */
  known: string[];
  onClose: () => void;
}

export function RoundDialog({ known, onClose }: Props) {
  useLang();
  const [who, setWho] = useState(known[0] ?? "");
  const [count, setCount] = useState(12);
  const [grid, setGrid] = useState<number | null>(null);
  const [off, setOff] = useState<ReadonlySet<number>>(new Set());
  const grids = useRemote<{ items: { id: number; name: string }[] }>("/grids");
  const proposal = useRemote<{ items: Proposal[] }>(`/rounds/proposal${query({ count, grid_id: grid })}`);
  const items = proposal.data?.items ?? [];
  const chosen = items.filter((one) => !off.has(one.tank_id)).map((one) => one.tank_id);
  const toggle = (id: number) => {
    const changed = new Set(off);
    if (!changed.delete(id)) changed.add(id);
    setOff(changed);
  };
  return (
    <FormDialog title={t("round.title")} action={t("patrol.planN", { n: chosen.length })} ready={who.trim() !== "" && chosen.length > 0} onClose={onClose}
      send={async () => {
        const round = await post<Round>("/rounds", { tank_ids: chosen, patroller: who.trim() });
        say(t("round.done", { number: round.number, n: round.tank_ids.length }));
      }}>
      <label className="field"><span>{t("round.who")}</span><input value={who} list="walkers" maxLength={64} onChange={(event) => setWho(event.target.value)} /></label>
      <datalist id="walkers">{known.map((one) => <option key={one} value={one} />)}</datalist>
      <div className="two">
        <label className="field"><span>{t("round.count")}</span>
          <select value={count} onChange={(event) => setCount(Number(event.target.value))}>{COUNTS.map((one) => <option key={one} value={one}>{one}</option>)}</select></label>
        <label className="field"><span>{t("round.grid")}</span>
          <select value={grid ?? ""} onChange={(event) => setGrid(event.target.value === "" ? null : Number(event.target.value))}>
            <option value="">{t("round.anyGrid")}</option>
            {(grids.data?.items ?? []).map((one) => <option key={one.id} value={one.id}>{one.name}</option>)}
          </select></label>
      </div>
      {proposal.error ? <p className="failtext" role="alert">{explain(t("round.title"), proposal.error)}</p> : null}
      {proposal.data && items.length === 0 ? <p className="quiet">{t("round.none")}</p> : null}
      <ul className="picks">
        {items.map((one) => (
          <li key={one.tank_id}><label><input type="checkbox" checked={!off.has(one.tank_id)} onChange={() => toggle(one.tank_id)} /><span><b>{one.name}</b><small className="muted"> {pick(one.reason_zh, one.reason_en)}</small></span></label></li>
        ))}
      </ul>
    </FormDialog>
  );
}
