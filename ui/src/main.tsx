/** Starts the session, then loads the screen the address asks for: desk, wall, phones or tablet. */
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
import { homeOf, isDesk } from "./shared/home";
import { SignIn } from "./shared/SignIn";

const DeskApp = lazy(() => import("./desk/DeskApp"));
const CrewApp = lazy(() => import("./crew/CrewApp"));
const WallApp = lazy(() => import("./wall/WallApp"));
const PatrolApp = lazy(() => import("./patrol/PatrolApp"));
const PlantApp = lazy(() => import("./plant/PlantApp"));

function Screen({ path }: { path: string }) {
  if (path.startsWith("/crew")) return <CrewApp />;
  if (path.startsWith("/patrol")) return <PatrolApp />;
  if (path.startsWith("/plant")) return <PlantApp />;
  if (path.startsWith("/wall")) return <WallApp />;
  return <DeskApp />;
}

function Root() {
  useLang();
  const path = usePath();
  const { phase, user } = useSession();
  const home = user === null ? "/" : homeOf(user.roles);
  // Somebody who works on one page only is always led to it; the desk's people move freely.
  const shown = user !== null && !isDesk(user.roles) && !path.startsWith(home) ? home : path;

  useEffect(() => {
    if (shown !== path) go(shown);
  }, [shown, path]);

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
      <Guard><Screen path={shown} /></Guard>
      <Toasts />
    </Suspense>
  );
}

setLang(currentLang());
void startSession();
const host = document.getElementById("root");
if (host) createRoot(host).render(<StrictMode><Root /></StrictMode>);
