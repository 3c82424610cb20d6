/** What every phone page shares: the bar on top, the signal banner, a page that says one thing. */
import { useEffect, type ReactNode } from "react";
import { EmptyState, Simulated } from "../shared/components";
import { isDesk } from "../shared/home";
import { setLang, t, useLang } from "../shared/i18n";
import { Icon, type IconName } from "../shared/icons";
import { go } from "../shared/router";
import { refreshMeta, signOut, useSession } from "../shared/session";
import { flush, startOutbox, useOutbox } from "./outbox";
import "./phone.css";

const META_EVERY_MS = 60_000;

/** Starts the outbox of the page and keeps the product's clock. */
export function usePhone(scope: string): void {
  useEffect(() => {
    startOutbox(scope);
    const timer = window.setInterval(() => void refreshMeta().catch(() => undefined), META_EVERY_MS);
    return () => window.clearInterval(timer);
  }, [scope]);
}

interface BarProps {
  title: string;
  tag?: string | null;
  icon: IconName;
  name: string;
  onBack?: (() => void) | null;
  step?: { at: number; of: number } | null;
  place?: string | null;
}

export function PhoneBar({ title, tag, icon, name, onBack, step, place }: BarProps) {
  const lang = useLang();
  const { user, meta } = useSession();
  return (
    <header className="pbar">
      {onBack ? <button type="button" className="back" aria-label={t("crew.back")} onClick={onBack}><Icon name="left" /></button> : null}
      <h1>{title}</h1>
      {meta?.simulated ? <Simulated /> : null}
      {tag && !onBack ? <span className="tag">{tag}</span> : null}
      {step ? <span className="end"><b className="big">{step.at}</b><span className="muted"> / {step.of}</span></span>
        : place ? <span className="end muted cut">{place}</span>
        : null}
      {onBack ? null : (
        <details className={step ? "me" : "end me"}>
          <summary aria-label={name}><Icon name={icon} />{step ? null : name}</summary>
          <div className="menu" onClick={(event) => event.currentTarget.parentElement?.removeAttribute("open")}>
            <button type="button" onClick={() => setLang(lang === "zh" ? "en" : "zh")}>{lang === "zh" ? "English" : "中文"}</button>
            {user && isDesk(user.roles) ? <button type="button" onClick={() => go("/")}>{t("nav.watch")}</button> : null}
            <button type="button" onClick={() => void signOut()}>{t("menu.signOut")}</button>
          </div>
        </details>
      )}
    </header>
  );
}

export function SignalBanner() {
  const { entries, online } = useOutbox();
  const photos = entries.filter((entry) => entry.act.kind === "photo" || entry.blob !== undefined).length;
  if (!online) {
    return (
      <div className="offl" role="status"><Icon name="wifioff" />
        <div><b>{t("offline.title")}</b><span>{entries.length > 0 ? t("offline.kept", { n: entries.filter((entry) => entry.act.kind !== "photo").length, photos }) : t("offline.none")}</span></div>
        {entries.length > 0 ? <button type="button" className="end" onClick={() => void flush()} aria-label={t("again")}><Icon name="sync" /></button> : null}
      </div>
    );
  }
  if (entries.length > 1) return <div className="offl thin" role="status"><Icon name="sync" /><span>{t("outbox.sending", { n: entries.length })}</span></div>;
  if (!window.isSecureContext) return <div className="offl thin" role="status"><Icon name="info" /><span>{t("insecure")}</span></div>;
  return null;
}

export function Message({ title, text, icon = "check", action }: { title: string; text: string; icon?: IconName; action?: ReactNode }) {
  return <div className="pbody"><EmptyState icon={icon} title={title} action={action}>{text}</EmptyState></div>;
}
