/** The sign-in screen; a refusal says what to do in words. */
import { useState, type FormEvent } from "react";
import { Button, Logo, Simulated } from "./components";
import { ApiError } from "./api";
import { explain, setLang, t, useLang } from "./i18n";
import { Icon } from "./icons";
import { signIn, useSession } from "./session";
import { TankPicture } from "./TankPicture";

export function SignIn() {
  const lang = useLang();
  const { meta } = useSession();
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");
  const [failed, setFailed] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);

  async function submit(event: FormEvent) {
    event.preventDefault();
    setBusy(true);
    setFailed(null);
    try {
      await signIn(username.trim(), password);
    } catch (error) {
      const refused = error instanceof ApiError && error.status === 401;
      setFailed(refused ? t("signin.refused") : explain(t("signin.title"), error));
    } finally {
      setBusy(false);
    }
  }

  return (
    <div className="lg">
      <section className="lg-form">
        <div className="lg-in">
          <div className="brand"><Logo size={40} />{t("brand")}</div>
          <h1>{t("signin.title")}</h1>
          <p className="soft row">{meta?.station.replace(/[（(](仿真|simulated)[）)]$/, "") ?? t("signin.intranet")}{meta?.simulated ? <Simulated /> : null}</p>
          <form onSubmit={(event) => void submit(event)}>
            <label htmlFor="u">{t("signin.user")}</label>
            <input id="u" name="username" value={username} autoComplete="username" autoFocus required
              onChange={(event) => setUsername(event.target.value)} />
            <label htmlFor="p">{t("signin.password")}</label>
            <input id="p" name="password" type="password" value={password} autoComplete="current-password" required
              className={failed ? "bad" : undefined} aria-invalid={failed !== null} aria-describedby={failed ? "e" : undefined}
              onChange={(event) => setPassword(event.target.value)} />
            {failed ? <p id="e" className="err" role="alert"><Icon name="warn" />{failed}</p> : null}
            <Button look="main" type="submit" disabled={busy}>{t("signin.title")}</Button>
          </form>
          <p className="ft muted">{t("signin.logged")}<br />{t("signin.residents")}</p>
          <button type="button" className="btn quiet lg-lang" onClick={() => setLang(lang === "zh" ? "en" : "zh")}>
            {lang === "zh" ? "English" : "中文"}
          </button>
        </div>
      </section>
      <section className="lg-art" aria-hidden="true"><TankPicture /></section>
    </div>
  );
}
