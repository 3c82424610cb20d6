/** Who is signed in, and what the station told us before anybody did. */
import { useSyncExternalStore } from "react";
import { call, get, isOffline, post, whenSignedOut } from "./api";
import { homeOf } from "./home";
import { go } from "./router";
import { setClock } from "./time";
import type { Meta, User } from "./types";

export interface Session {
  phase: "loading" | "signed_out" | "signed_in" | "unreachable";
  user: User | null;
  meta: Meta | null;
}

const REMEMBERED = "qs.user";
let session: Session = { phase: "loading", user: null, meta: null };
const listeners = new Set<() => void>();

function set(change: Partial<Session>): void {
  session = { ...session, ...change };
  for (const listener of listeners) listener();
}

export function useSession(): Session {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => session,
  );
}

/** A phone without signal keeps the person and the station it knew last. */
function remember(user: User | null, meta: Meta | null): void {
  try {
    if (user && meta) localStorage.setItem(REMEMBERED, JSON.stringify({ user, meta }));
    else localStorage.removeItem(REMEMBERED);
  } catch {
    // Without storage the page needs signal to start; everything else still works.
  }
}

function remembered(): { user: User; meta: Meta } | null {
  try {
    const text = localStorage.getItem(REMEMBERED);
    return text ? (JSON.parse(text) as { user: User; meta: Meta }) : null;
  } catch {
    return null;
  }
}

export async function refreshMeta(): Promise<Meta> {
  const meta = await get<Meta>("/meta");
  setClock(meta.now, meta.clock_speed, meta.zone);
  set({ meta });
  return meta;
}

export async function startSession(): Promise<void> {
  set({ phase: "loading" });
  whenSignedOut(() => {
    remember(null, null);
    set({ phase: "signed_out", user: null });
  });
  try {
    const meta = await refreshMeta();
    const { user } = await call<{ user: User }>("/session");
    remember(user, meta);
    set({ phase: "signed_in", user });
  } catch (error) {
    const known = remembered();
    if (isOffline(error) && known) set({ phase: "signed_in", user: known.user, meta: known.meta });
    else set({ phase: isOffline(error) ? "unreachable" : "signed_out", user: null });
  }
}

export async function signIn(username: string, password: string): Promise<void> {
  const { user } = await post<{ user: User }>("/session", { username, password });
  remember(user, session.meta);
  set({ phase: "signed_in", user });
  if (window.location.pathname === "/") go(homeOf(user.roles));
}

export async function signOut(): Promise<void> {
  await call<void>("/session", { method: "DELETE" });
  remember(null, null);
  set({ phase: "signed_out", user: null });
}
