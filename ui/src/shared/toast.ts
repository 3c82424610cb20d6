/** Short notes at the foot of the screen; an undo stays for ten seconds. */
import { useSyncExternalStore } from "react";

export interface Toast {
  id: number;
  text: string;
  failed: boolean;
  undo?: () => void;
  until: number;
}

const UNDO_MS = 10_000;
const NOTE_MS = 5_000;
const FAILED_MS = 12_000;
let toasts: Toast[] = [];
let next = 1;
const listeners = new Set<() => void>();

function set(changed: Toast[]): void {
  toasts = changed;
  for (const listener of listeners) listener();
}

export function dismiss(id: number): void {
  set(toasts.filter((toast) => toast.id !== id));
}

export function say(text: string, options: { failed?: boolean; undo?: () => void } = {}): void {
  const id = next++;
  const failed = options.failed ?? false;
  const life = options.undo ? UNDO_MS : failed ? FAILED_MS : NOTE_MS;
  set([...toasts.slice(-2), { id, text, failed, undo: options.undo, until: Date.now() + life }]);
  window.setTimeout(() => dismiss(id), life);
}

export function useToasts(): Toast[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => toasts,
  );
}
