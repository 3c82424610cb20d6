/** Addresses of screens by the History API: no library, no reload. */
import { useSyncExternalStore } from "react";

const listeners = new Set<() => void>();

function emit(): void {
  for (const listener of listeners) listener();
}

window.addEventListener("popstate", emit);

export function go(path: string): void {
  if (path === window.location.pathname) return;
  window.history.pushState(null, "", path);
  emit();
}

export function usePath(): string {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => window.location.pathname,
  );
}
