/** Language of the screen: Chinese first, English by switch; every key exists in both. */
import { useSyncExternalStore } from "react";
import { ApiError } from "../api";
import type { Lang } from "../time";
import { en } from "./en";
import { zh } from "./zh";

export type Key = keyof typeof zh;
export type Params = Record<string, string | number>;

const STORED = "qs.lang";
const listeners = new Set<() => void>();

function stored(): Lang {
  try {
    return window.localStorage.getItem(STORED) === "en" ? "en" : "zh";
  } catch {
    return "zh";
  }
}

let lang: Lang = typeof window === "undefined" ? "zh" : stored();

export function currentLang(): Lang {
  return lang;
}

export function setLang(chosen: Lang): void {
  lang = chosen;
  document.documentElement.lang = chosen === "zh" ? "zh-CN" : "en";
  try {
    window.localStorage.setItem(STORED, chosen);
  } catch {
    // Private windows refuse storage; the choice then lasts until reload.
  }
  for (const listener of listeners) listener();
}

export function useLang(): Lang {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => lang,
  );
}

/** The sentence of a key with `{name}` places filled. */
export function t(key: Key, params: Params = {}): string {
  const text: string = (lang === "zh" ? zh : en)[key];
  return text.replace(/\{(\w+)\}/g, (_, name: string) => String(params[name] ?? ""));
}

const DICTIONARY: Record<string, string> = zh;

/** A word the server names by code, e.g. `track` + `on_site`; the code itself when unknown. */
export function word(family: string, code: string | null | undefined): string {
  if (!code) return "";
  const key = `${family}.${code}`;
  return key in DICTIONARY ? t(key as Key) : code;
}

/** The Chinese or English of a pair the server sends. */
export function pick(chinese: string | null | undefined, english: string | null | undefined): string {
  return (lang === "zh" ? chinese : english) ?? chinese ?? english ?? "";
}

/** Facts of one sentence side by side; empty ones are left out. */
export function listed(facts: (string | null | undefined)[]): string {
  return facts.filter(Boolean).join(lang === "zh" ? "，" : ", ");
}

/** What failed and why, in words; the code stays out of the sentence. */
export function explain(what: string, error: unknown): string {
  if (!(error instanceof ApiError)) return t("error.unknown", { what });
  const own = pick(text(error.fields["reason_zh"]), text(error.fields["reason_en"]));
  if (own) return t("error.because", { what, why: own });
  const key = `error.code.${error.code}`;
  if (lang === "zh" && key in DICTIONARY) return t("error.because", { what, why: t(key as Key) });
  return t("error.because", { what, why: error.message });
}

function text(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}
