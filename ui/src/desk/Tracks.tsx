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
}

export function Tracks({ incident, busy, onAdvance }: Props) {
  useLang();
  return (
    <div className="sec">
      <div className="hd">{t("tracks.title")}<small>{t("tracks.say")}</small></div>
      <div className="tracks">
        {NAMES.map((name) => (
          <TrackCard key={name} name={name} track={incident.tracks[name]} openedAt={incident.opened_at} busy={busy} onAdvance={onAdvance} />
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
}

export function TrackCard({ name, track, openedAt, busy, onAdvance }: CardProps) {
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
    </div>
  );
}
