/** The patroller's phone: today's round, the next tank, one tap for what was found; it works without signal. */
import { useEffect, useRef, useState } from "react";
import { post } from "../shared/api";
import { Button, Dialog } from "../shared/components";
import { explain, pick, t, useLang, word } from "../shared/i18n";
import { Icon } from "../shared/icons";
import { useSession } from "../shared/session";
import { hhmm, mdhm } from "../shared/time";
import { say } from "../shared/toast";
import type { Finding, Proposal, Round, TankDetail } from "../shared/types";
import { useRemote } from "../shared/useRemote";
import { hold } from "../phone/outbox";
import { Message, PhoneBar, SignalBanner, usePhone } from "../phone/PhoneShell";
import { shrink } from "../phone/photo";
import { FindingCard } from "./FindingCard";
import { markOf, nextTank, type Seen } from "./localRound";
import "./patrol.css";
import { useRound, type MyRound } from "./useRound";

const PROPOSED = 12;

export default function PatrolApp() {
  useLang();
  usePhone("/patrol");
  const { user } = useSession();
  const mine = useRound([user?.username, user?.name, user?.person_code].filter((one): one is string => Boolean(one)));
  const { round, findings, seen } = mine;
  const [picked, setPicked] = useState<number | null>(null);
  const [ending, setEnding] = useState(false);

  useEffect(() => setPicked(null), [round?.id]);

  const walking = round?.state === "started";
  const current = round && walking ? (picked ?? nextTank(round, seen, findings, null)) : null;
  const done = round ? round.tank_ids.filter((id) => markOf(id, seen, findings) !== "todo").length : 0;
  const command = (name: "start" | "finish") => {
    if (!round) return;
    hold(0, { kind: "round", command: name, round: round.id }).catch((failed: unknown) => say(explain(t(name === "start" ? "patrol.start" : "patrol.finish"), failed), { failed: true }));
  };
  return (
    <div className="phone">
      <SignalBanner />
      <PhoneBar title={walking ? t("patrol.round") : t("patrol.today")} icon="user" name={user?.name ?? ""}
        step={walking && round ? { at: Math.min(round.tank_ids.length, done + 1), of: round.tank_ids.length } : null} />
      {!mine.ready ? (mine.error ? <Message title={explain(t("patrol.round"), mine.error)} text="" icon="warn" /> : <p className="boot muted" role="status">{t("loading")}</p>)
        : round === null || round.state === "finished" ? <NewRound finished={round} username={user?.username ?? ""} onPlanned={mine.refresh} />
        : round.state === "planned" ? <Planned round={round} mine={mine} onStart={() => command("start")} />
        : (
          <Walking mine={mine} round={round} current={current} onPick={setPicked}
            onFine={(id) => { mine.markFine(id); setPicked(nextTank(round, { fine: [...seen.fine, id] }, findings, id)); }}
            onEnd={() => (done < round.tank_ids.length ? setEnding(true) : command("finish"))} />
        )}
      {ending && round ? (
        <Dialog title={t("patrol.finish")} onClose={() => setEnding(false)}>
          <p className="muted note">{t("patrol.unseen", { n: round.tank_ids.length - done })}</p>
          <Button big look="main" className="wide" onClick={() => { setEnding(false); command("finish"); }}>{t("patrol.finish")}</Button>
        </Dialog>
      ) : null}
    </div>
  );
}

function NewRound({ finished, username, onPlanned }: { finished: Round | null; username: string; onPlanned: () => void }) {
  useLang();
  const remote = useRemote<{ items: Proposal[] }>(`/rounds/proposal?count=${PROPOSED}`);
  const [busy, setBusy] = useState(false);
  const [off, setOff] = useState<ReadonlySet<number>>(new Set());
  const items = remote.data?.items ?? [];
  const chosen = items.filter((one) => !off.has(one.tank_id));
  const plan = () => {
    setBusy(true);
    post<Round>("/rounds", { tank_ids: chosen.map((one) => one.tank_id), patroller: username })
      .then(onPlanned, (failed: unknown) => say(explain(t("patrol.plan"), failed), { failed: true }))
      .finally(() => setBusy(false));
  };
  const toggle = (id: number) => {
    const changed = new Set(off);
    if (!changed.delete(id)) changed.add(id);
    setOff(changed);
  };
  return (
    <>
      <div className="pbody">
        {finished ? <section className="pass" role="status"><Icon name="check" /><div><h2>{t("patrol.done")}</h2><p>{t("patrol.doneSay", { when: finished.finished_at ? hhmm(Date.parse(finished.finished_at)) : "" })}</p></div></section> : null}
        {remote.error && items.length === 0 ? <p className="muted">{explain(t("patrol.plan"), remote.error)}</p> : null}
        {items.length > 0 ? (
          <section className="card stops">
            <h3>{t("patrol.propose")}</h3>
            <ul>
              {items.map((one) => (
                <li key={one.tank_id}>
                  <button type="button" aria-pressed={!off.has(one.tank_id)} onClick={() => toggle(one.tank_id)}>
                    <span className="box">{off.has(one.tank_id) ? null : <Icon name="check" />}</span>
                    <span className="grow"><b>{one.name}</b><small>{pick(one.reason_zh, one.reason_en)}</small></span>
                  </button>
                </li>
              ))}
            </ul>
          </section>
        ) : null}
      </div>
      <footer className="pfoot"><Button big look="main" disabled={busy || chosen.length === 0} onClick={plan}>{t("patrol.planN", { n: chosen.length })}</Button></footer>
    </>
  );
}

function Planned({ round, mine, onStart }: { round: Round; mine: MyRound; onStart: () => void }) {
  return (
    <>
      <div className="pbody">
        <section className="card head">
          <p className="muted">{round.number}{round.planned_at ? ` · ${mdhm(Date.parse(round.planned_at))}` : ""}</p>
          <h2>{t("patrol.tanks", { n: round.tank_ids.length })}</h2>
        </section>
        <Stops round={round} mine={mine} current={null} onPick={() => undefined} />
      </div>
      <footer className="pfoot"><Button big look="main" onClick={onStart}>{t("patrol.start")}</Button></footer>
    </>
  );
}

interface WalkProps {
  mine: MyRound;
  round: Round;
  current: number | null;
  onPick: (id: number | null) => void;
  onFine: (id: number) => void;
  onEnd: () => void;
}

function Walking({ mine, round, current, onPick, onFine, onEnd }: WalkProps) {
  const { findings, seen, tanks } = mine;
  const tank = current === null ? undefined : tanks.get(current);
  const found = current === null ? [] : findings.filter((one) => one.tank_id === current);
  const done = round.tank_ids.filter((id) => markOf(id, seen, findings) !== "todo").length;
  const body = useRef<HTMLDivElement>(null);
  useEffect(() => body.current?.scrollTo(0, 0), [current]);
  const record = async (what: string, severity: string, note: string, file: File | null) => {
    if (current === null) return;
    try {
      const blob = file ? await shrink(file) : undefined;
      await hold(0, { kind: "finding", body: { round_id: round.id, tank_id: current, what, severity, note } }, blob ? { blob } : {});
      say(t("patrol.recorded", { what: word("finding", what), severity: word("severity", severity) }));
    } catch (failed) {
      say(explain(t("patrol.record"), failed), { failed: true });
    }
  };
  return (
    <>
      <div className="prog"><i style={{ width: `${(done / Math.max(1, round.tank_ids.length)) * 100}%` }} /></div>
      <div className="pbody" ref={body}>
        {current === null ? (
          <section className="pass" role="status"><Icon name="check" /><div><h2>{t("patrol.allSeen")}</h2><p>{t("patrol.allSeenSay", { n: findings.length })}</p></div></section>
        ) : (
          <>
            <TankCard id={current} tank={tank} />
            <FindingCard key={current} found={found} onRecord={(what, severity, note, file) => void record(what, severity, note, file)} />
          </>
        )}
        <Stops round={round} mine={mine} current={current} onPick={onPick} />
        {current !== null ? <button type="button" className="link late" onClick={onEnd}>{t("patrol.finish")}</button> : null}
      </div>
      <footer className="pfoot">
        {current === null ? <Button big look="main" onClick={onEnd}>{t("patrol.finish")}</Button> : (
          <>
            {tank ? <a className="btn big nav0" href={`geo:${tank.lat},${tank.lon}?q=${tank.lat},${tank.lon}`}><Icon name="nav" />{t("crew.navigate")}</a> : null}
            {found.length > 0
              ? <Button big look="main" onClick={() => onPick(nextTank(round, seen, findings, current))}>{t("patrol.next")}</Button>
              : <Button big look="main" onClick={() => onFine(current)}>{t("patrol.fine")}</Button>}
          </>
        )}
      </footer>
    </>
  );
}

function TankCard({ id, tank }: { id: number; tank: TankDetail | undefined }) {
  if (!tank) return <section className="card head"><h2>{id}</h2></section>;
  return (
    <section className="card head">
      <p className="muted">{tank.code}</p>
      <h2>{tank.name}</h2>
      <p className="ad">{tank.address}</p>
      <ul className="facts">
        {tank.lid_position ? <li><Icon name="pin" />{t("crew.lid", { where: tank.lid_position })}</li> : null}
        {tank.volume_m3 ? <li><Icon name="tank" />{t("crew.shape", { n: tank.chambers ?? 1, m3: tank.volume_m3 })}</li> : null}
        {tank.last_desludged_on ? <li><Icon name="clock" />{t("patrol.last", { when: tank.last_desludged_on })}</li> : null}
      </ul>
    </section>
  );
}

function Stops({ round, mine, current, onPick }: { round: Round; mine: MyRound; current: number | null; onPick: (id: number) => void }) {
  const { findings, seen, tanks } = mine;
  return (
    <section className="card stops">
      <h3>{t("patrol.stops")}</h3>
      <ul>
        {round.tank_ids.map((id, index) => (
          <li key={id} className={id === current ? "cur0" : undefined}>
            <button type="button" aria-current={id === current || undefined} onClick={() => onPick(id)}>
              <span className="no">{index + 1}</span>
              <span className="grow"><b>{tanks.get(id)?.name ?? id}</b></span>
              <Mark id={id} seen={seen} findings={findings} />
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Mark({ id, seen, findings }: { id: number; seen: Seen; findings: Finding[] }) {
  const mark = markOf(id, seen, findings);
  if (mark === "todo") return null;
  if (mark === "fine") return <em><Icon name="check" />{t("patrol.fineShort")}</em>;
  const own = findings.filter((one) => one.tank_id === id);
  return <em><Icon name="flag" />{own.map((one) => word("finding", one.what)).join("、")}</em>;
}
