/** Shared pieces of every screen: grade tag, level ruler, clock, buttons, banners, empty states. */
import { useEffect, useRef, type ButtonHTMLAttributes, type ReactNode } from "react";
import { Icon, type IconName } from "./icons";
import { currentLang, t, useLang, word } from "./i18n";
import { countdown } from "./time";
import { dismiss, useToasts } from "./toast";
import type { Grade, TruckState } from "./types";
import { useNow } from "./useNow";

const GRADE_PATHS = ["", "M6 0l6 6-6 6-6-6z", "M6 .5L12 11.5H0z", "M.8.8h10.4v10.4H.8z", ""];

export function GradeShape({ grade, size = 11, colored = false }: { grade: Grade; size?: number; colored?: boolean }) {
  const style = colored ? { fill: `var(--g${grade})` } : { fill: "currentColor" };
  return (
    <svg width={size} height={size} viewBox="0 0 12 12" style={style} aria-hidden="true">
      {grade === 4 ? <circle cx="6" cy="6" r="5.6" /> : <path d={GRADE_PATHS[grade]} />}
    </svg>
  );
}

/** Shape + word + digit: reads without colour. */
export function GradeTag({ grade, suffix }: { grade: Grade | null; suffix?: string }) {
  useLang();
  if (!grade) return <span className="g g0">{t("grade.0")}{suffix ? ` ${suffix}` : ""}</span>;
  return (
    <span className={`g g${grade}`}>
      <GradeShape grade={grade} />
      {word("grade", String(grade))}{currentLang() === "en" ? " " : ""}{grade}{suffix ? ` ${suffix}` : ""}
    </span>
  );
}

/** 余高尺: the cover line on top, filled up to the level in the colour of the grade. */
export function LevelRuler({ filled, grade }: { filled: number | null; grade: Grade }) {
  const part = filled === null ? 0 : Math.min(1, Math.max(0, filled));
  const height = 34 * part;
  return (
    <svg width="16" height="40" viewBox="0 0 16 40" aria-hidden="true" className="ruler">
      <path d="M1 5v34h14V5" fill="var(--sunken)" />
      <rect x="1" y={39 - height} width="14" height={height} fill={grade ? `var(--g${grade})` : "var(--map-tank)"} />
      <path d="M1 5v34h14V5" fill="none" stroke="var(--line-strong)" strokeDasharray={filled === null ? "2 2" : undefined} />
      <path d="M0 4h16" stroke="var(--ink)" strokeWidth="2.5" />
    </svg>
  );
}

export function Clock({ due, start, label, strong }: { due: string; start?: string | null; label?: string; strong?: boolean }) {
  const lang = useLang();
  const at = useNow();
  const shown = countdown(Date.parse(due), at, start ? Date.parse(start) : null, lang);
  return (
    <span className={`clk-${shown.tone}${strong ? " strong" : ""}`}>
      {label ? `${label} ` : ""}{shown.text}
    </span>
  );
}

export function TruckGlyph({ state, size = 18, angle = 60 }: { state: TruckState; size?: number; angle?: number }) {
  const arrow = "M0 -11L8 9 0 5 -8 9z";
  let shape: ReactNode;
  if (state === "working") {
    shape = (
      <>
        <rect x="-8" y="-8" width="16" height="16" rx="4" fill="var(--truck)" stroke="var(--map-halo)" strokeWidth="1.2" />
        <circle r="3" fill="var(--on-truck)" />
      </>
    );
  } else if (state === "idle") {
    shape = <path d={arrow} fill="var(--surface)" stroke="var(--truck)" strokeWidth="2" strokeLinejoin="round" />;
  } else if (state === "en_route") {
    shape = <path d={arrow} fill="var(--truck)" stroke="var(--map-halo)" strokeWidth="1.2" strokeLinejoin="round" />;
  } else if (state === "hauling") {
    shape = (
      <>
        <path d={arrow} fill="var(--truck-soft)" stroke="var(--map-halo)" strokeWidth="1.2" />
        <path d="M-3.5 3.2h7" stroke="var(--on-truck)" strokeWidth="1.8" />
      </>
    );
  } else {
    shape = <path d={arrow} fill="none" stroke="var(--truck-off)" strokeWidth="1.6" strokeDasharray="2 2" strokeLinejoin="round" />;
  }
  return (
    <svg width={size} height={size} viewBox="-12 -12 24 24" aria-hidden="true" className="glyph">
      <g transform={state === "working" ? undefined : `rotate(${angle})`}>{shape}</g>
    </svg>
  );
}

export function KeyCap({ children }: { children: string }) {
  return <span className="key" aria-hidden="true">{children}</span>;
}

type ButtonProps = ButtonHTMLAttributes<HTMLButtonElement> & {
  look?: "main" | "quiet" | "plain";
  big?: boolean;
  cap?: string;
  icon?: IconName;
};

export function Button({ look = "plain", big, cap, icon, children, className, type = "button", ...rest }: ButtonProps) {
  const names = ["btn", look === "plain" ? "" : look, big ? "big" : "", className ?? ""].filter(Boolean).join(" ");
  return (
    <button type={type} className={names} {...rest}>
      {icon ? <Icon name={icon} /> : null}
      {children}
      {cap ? <KeyCap>{cap}</KeyCap> : null}
    </button>
  );
}

export function Banner({ icon, title, children, action }: { icon: IconName; title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className="banner" role="status">
      <Icon name={icon} />
      <div><b>{title}</b>{children ? <span>{children}</span> : null}</div>
      {action ? <div className="end">{action}</div> : null}
    </div>
  );
}

export function EmptyState({ icon, title, children, action, failed }: { icon: IconName; title: string; children?: ReactNode; action?: ReactNode; failed?: boolean }) {
  return (
    <div className={failed ? "empty failed" : "empty"} role={failed ? "alert" : undefined}>
      <div className="ico"><Icon name={icon} /></div>
      <h2>{title}</h2>
      {children ? <p>{children}</p> : null}
      {action ? <div className="row">{action}</div> : null}
    </div>
  );
}

export function Toasts() {
  useLang();
  const toasts = useToasts();
  useNow();
  const wall = Date.now();
  return (
    <div className="toasts" aria-live="polite">
      {toasts.map((toast) => (
        <div key={toast.id} className={toast.failed ? "toast failed" : "toast"} role={toast.failed ? "alert" : undefined}>
          {toast.failed ? <Icon name="warn" /> : null}
          <span>{toast.text}</span>
          {toast.undo ? (
            <button type="button" onClick={() => { toast.undo?.(); dismiss(toast.id); }}>
              {t("undo")} {Math.max(0, Math.ceil((toast.until - wall) / 1000))}
            </button>
          ) : null}
          <button type="button" aria-label={t("close")} onClick={() => dismiss(toast.id)}><Icon name="x" /></button>
        </div>
      ))}
    </div>
  );
}

export function Logo({ size = 26 }: { size?: number }) {
  return (
    <svg viewBox="0 0 26 26" width={size} height={size} aria-hidden="true">
      <rect width="26" height="26" rx="6" fill="var(--accent)" />
      <path d="M5 8.5h16" stroke="var(--on-accent)" strokeWidth="2" strokeLinecap="round" />
      <path d="M10 8.5V6h6v2.5" fill="none" stroke="var(--on-accent)" strokeWidth="1.6" />
      <path d="M5 12v6.5A2.5 2.5 0 0 0 7.5 21h11a2.5 2.5 0 0 0 2.5-2.5V15c-2.7 0-2.7 1.8-5.3 1.8S13 15 10.4 15 7.7 13.5 5 13.5z" fill="var(--on-accent)" />
    </svg>
  );
}

export function Simulated() {
  useLang();
  return <span className="tag sim">{t("simulated")}</span>;
}

/** A modal form: Esc closes it, focus starts in it and cannot leave it. */
export function Dialog({ title, onClose, children, wide }: { title: string; onClose: () => void; children: ReactNode; wide?: boolean }) {
  const ref = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = ref.current;
    if (!dialog || dialog.open) return;
    dialog.showModal();
    // The browser would focus the close button; somebody who opened a form wants its first field.
    dialog.querySelector<HTMLElement>("textarea, input:not([type=file])")?.focus();
  }, []);
  return (
    <dialog ref={ref} className={wide ? "dialog wide" : "dialog"} aria-label={title} onCancel={onClose} onClose={onClose}
      onClick={(event) => { if (event.target === ref.current) onClose(); }}>
      <div className="dlg">
        <header><h2>{title}</h2><button type="button" className="xbtn" aria-label={t("close")} onClick={onClose}><Icon name="x" /></button></header>
        {children}
      </div>
    </dialog>
  );
}
