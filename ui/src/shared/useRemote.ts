/** Reads one address and keeps it; reads again on `refresh`, keeping the old value meanwhile. */
import { useCallback, useEffect, useRef, useState } from "react";
import { get } from "./api";

export interface Remote<T> {
  data: T | null;
  error: unknown;
  refresh: () => void;
}

export function useRemote<T>(path: string | null): Remote<T> {
  const [held, setHeld] = useState<{ path: string | null; data: T | null; error: unknown }>({ path, data: null, error: null });
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    if (path === null) return undefined;
    const abort = new AbortController();
    get<T>(path, abort.signal).then(
      (data) => setHeld({ path, data, error: null }),
      (error: unknown) => {
        if (!abort.signal.aborted) setHeld((old) => ({ path, data: old.path === path ? old.data : null, error }));
      },
    );
    return () => abort.abort();
  }, [path, turn]);
  const refresh = useCallback(() => setTurn((count) => count + 1), []);
  const current = held.path === path;
  return { data: current ? held.data : null, error: current ? held.error : null, refresh };
}

/** The last answer that came, while an address that moves with the clock is read anew. */
export function useKept<T>(data: T | null): T | null {
  const kept = useRef<T | null>(null);
  if (data !== null) kept.current = data;
  return kept.current;
}
