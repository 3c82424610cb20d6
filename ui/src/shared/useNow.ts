/** Re-renders a component as the product's clock moves; one timer serves the whole page. */
import { useSyncExternalStore } from "react";
import { now } from "./time";

const TICK_MS = 1000;
const listeners = new Set<() => void>();
let current = now();
let timer: number | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= window.setInterval(() => {
    current = now();
    for (const each of listeners) each();
  }, TICK_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      window.clearInterval(timer);
      timer = undefined;
    }
  };
}

export function useNow(): number {
  return useSyncExternalStore(subscribe, () => current);
}
