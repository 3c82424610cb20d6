/** 三线并行: handle, coordinate, regularise side by side, each with its chips, clock and next step. */
import { Clock } from "../shared/components";
import { t, useLang, word } from "../shared/i18n";
import type { Incident, Track, TrackName } from "../shared/types";

/** Steps shown as chips, in order; a state not listed is "not started". */
const STEPS: Record<TrackName, string[]> = {
  handle: ["open", "assigned", "on_site", "contained", "cleared"],
  coordinate: ["duty", "fee", "answered"],
  regularise: ["records", "repair", "archived"],
};

/** The command that leads to each step. */
export const COMMANDS: Record<string, string> = {
  duty: "start", fee: "agree_duty", answered: "answer", records: "start", repair: "order_repair", archived: "archive",
};

export const NAMES: TrackName[] = ["handle", "coordinate", "regularise"];

/** The step after the current one, or null at the end of the track. */
export function nextStep(name: TrackName, state: string): string | null {
  if (state === "not_needed") return null;
  const steps = STEPS[name];
  return steps[steps.indexOf(state) + 1] ?? null;
}

interface Props {
  incident: Incident;
  busy: boolean;
  onAdvance: (track: TrackName, command: string) => void;
  onStandDown: () => void;
}

export function Tracks({ incident, busy, onAdvance, onStandDown }: Props) {
  useLang();
  return (
    <div className="sec">
      <div className="hd">{t("tracks.title")}<small>{t("tracks.say")}</small></div>
      <div className="tracks">
        {NAMES.map((name) => (
          <TrackCard key={name} name={name} track={incident.tracks[name]} openedAt={incident.opened_at} busy={busy} onAdvance={onAdvance} onStandDown={onStandDown} />
        ))}
      </div>
    </div>
  );
}

interface CardProps {
  name: TrackName;
  track: Track;
  openedAt: string;
  busy: boolean;
  onAdvance: (track: TrackName, command: string) => void;
  onStandDown: () => void;
}

/** Commands beside the next step: a track that nothing is owed on, or that ends early. */
function asides(name: TrackName, track: Track, next: string | null): { command: string; text: string }[] {
  const allowed = track.allowed ?? [];
  if (name === "handle") return allowed.includes("stand_down") ? [{ command: "stand_down", text: t("standDown.do") }] : [];
  const found = [];
  if (allowed.includes("not_needed")) found.push({ command: "not_needed", text: t("track.notNeeded") });
  if (allowed.includes("archive") && next !== "archived") found.push({ command: "archive", text: t("track.archiveNow") });
  return found;
}

export function TrackCard({ name, track, openedAt, busy, onAdvance, onStandDown }: CardProps) {
  const idle = track.state === "not_started" || track.state === "not_needed";
  const steps = STEPS[name];
  const at = steps.indexOf(track.state);
  const next = nextStep(name, track.state);
  const running = track.clocks.filter((clock) => clock.met_at === null && !clock.waived);
  return (
    <div className={idle ? "idle" : name === "handle" ? "on" : undefined}>
      <h3>{word("track", name)}</h3>
      <ol className="st">
        {steps.map((step, index) => (
          <li key={step} className={step === track.state ? "now" : index < at ? "past" : undefined} aria-current={step === track.state ? "step" : undefined}>
            {word("step", step)}
          </li>
        ))}
      </ol>
      <p className="clk">
        {running.slice(0, 2).map((clock, index) => (
          <span key={clock.name}><Clock due={clock.due_at} start={openedAt} label={word("clock", clock.name)} strong={index === 0} /><br /></span>
        ))}
        {running.length === 0 ? <b>{track.state === "not_needed" ? t("tracks.notNeeded") : idle ? t("tracks.idle") : next === null ? t("tracks.done") : t("tracks.noClock")}</b> : null}
      </p>
      {next !== null && name !== "handle" && (track.allowed?.includes(COMMANDS[next] ?? next) ?? true) ? (
        <button type="button" className="link" disabled={busy} onClick={() => onAdvance(name, COMMANDS[next] ?? next)}>{t("tracks.next", { step: word("step", next) })} ›</button>
      ) : null}
      {next !== null && name === "handle" ? <p>{t("tracks.next", { step: word("step", next) })}</p> : null}
      {asides(name, track, next).map((one) => (
        <button key={one.command} type="button" className="link aside" disabled={busy} onClick={() => (one.command === "stand_down" ? onStandDown() : onAdvance(name, one.command))}>{one.text}</button>
      ))}
    </div>
  );
}
