/** Starts the session, then loads the screen the address asks for: control room or crew phone. */
import { lazy, StrictMode, Suspense, useEffect } from "react";
import { createRoot } from "react-dom/client";
import "./shared/tokens.css";
import "./shared/ui.css";
import "./shared/signin.css";
import { Button, EmptyState, Toasts } from "./shared/components";
import { Guard } from "./shared/Guard";
import { currentLang, setLang, t, useLang } from "./shared/i18n";
import { go, usePath } from "./shared/router";
import { startSession, useSession } from "./shared/session";
import { SignIn } from "./shared/SignIn";

const DeskApp = lazy(() => import("./desk/DeskApp"));
const CrewApp = lazy(() => import("./crew/CrewApp"));

function Root() {
  useLang();
  const path = usePath();
  const { phase, user } = useSession();
  const phoneOnly = user !== null && user.roles.length > 0 && user.roles.every((role) => role === "crew");
  const crew = path.startsWith("/crew") || phoneOnly;

  useEffect(() => {
    if (phoneOnly && !path.startsWith("/crew")) go("/crew");
  }, [phoneOnly, path]);

  if (phase === "loading") return <p className="boot muted" role="status">{t("loading")}</p>;
  if (phase === "unreachable") {
    return (
      <EmptyState icon="wifioff" title={t("unreachable.title")} failed
        action={<Button look="main" onClick={() => void startSession()}>{t("reconnect")}</Button>}>
        {t("unreachable.say")}
      </EmptyState>
    );
  }
  if (phase === "signed_out") return <SignIn />;
  return (
    <Suspense fallback={<p className="boot muted" role="status">{t("loading")}</p>}>
      <Guard>{crew ? <CrewApp /> : <DeskApp />}</Guard>
      <Toasts />
    </Suspense>
  );
}

setLang(currentLang());
void startSession();
const host = document.getElementById("root");
if (host) createRoot(host).render(<StrictMode><Root /></StrictMode>);
