/** The alarm sound of the desk: two tones for 红, one for 橙, until acknowledged or muted. */
import { useEffect, useSyncExternalStore } from "react";
import type { Row } from "./rows";

const REPEAT_MS = 12_000;
const MUTE_MS = 5 * 60_000;

let mutedUntil = 0;
let context: AudioContext | null = null;
const listeners = new Set<() => void>();

function emit(): void {
  for (const listener of listeners) listener();
}

/** Mutes for five minutes, never for ever; pressed again it sounds at once. */
export function toggleMute(): void {
  mutedUntil = Date.now() < mutedUntil ? 0 : Date.now() + MUTE_MS;
  if (mutedUntil > 0) window.setTimeout(emit, MUTE_MS + 50);
  emit();
}

export function useMuted(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => Date.now() < mutedUntil,
  );
}

function tone(audio: AudioContext, at: number, pitch: number): void {
  const source = audio.createOscillator();
  const gain = audio.createGain();
  source.frequency.value = pitch;
  gain.gain.setValueAtTime(0, at);
  gain.gain.linearRampToValueAtTime(0.25, at + 0.02);
  gain.gain.exponentialRampToValueAtTime(0.001, at + 0.35);
  source.connect(gain).connect(audio.destination);
  source.start(at);
  source.stop(at + 0.4);
}

function sound(red: boolean): void {
  if (Date.now() < mutedUntil) return;
  context ??= new AudioContext();
  // Browsers keep sound off until the first click; signing in is one.
  if (context.state !== "running") {
    void context.resume();
    return;
  }
  tone(context, context.currentTime, 880);
  if (red) tone(context, context.currentTime + 0.4, 660);
}

/** Sounds while a 红 or 橙 stands unacknowledged; shelved ones are silent. */
export function useAlarmSound(rows: Row[]): void {
  const unseen = rows.filter((row) => row.tab === "new" && !row.returned);
  const worst = unseen.some((row) => row.grade === 1) ? 1 : unseen.some((row) => row.grade === 2) ? 2 : 0;
  useEffect(() => {
    if (worst === 0) return undefined;
    sound(worst === 1);
    const timer = window.setInterval(() => sound(worst === 1), REPEAT_MS);
    return () => window.clearInterval(timer);
  }, [worst]);
}
