/** The picture beside the sign-in form: a three-chamber tank and what the product does for it. */
import { t } from "./i18n";

export function TankPicture() {
  return (
    <svg viewBox="0 0 760 900" width="100%" height="100%" preserveAspectRatio="xMidYMid slice">
    <rect width="760" height="900" fill="var(--bg)" /><rect y="330" width="760" height="570" fill="var(--sunken)" />
    <path d="M0 330H760" stroke="var(--line-strong)" strokeWidth="2" />
    <g fill="var(--h1)"><path d="M40 330V150h120v180zM176 330V190h86v140zM560 330V120h130v210z" /></g><g fill="var(--bg)"><path d="M54 172h22v26h-22zM89 172h22v26h-22zM124 172h22v26h-22zM54 216h22v26h-22zM89 216h22v26h-22zM124 216h22v26h-22zM54 260h22v26h-22zM89 260h22v26h-22zM124 260h22v26h-22zM192 212h20v24h-20zM226 212h20v24h-20zM192 254h20v24h-20zM226 254h20v24h-20zM576 146h24v28h-24zM613 146h24v28h-24zM650 146h24v28h-24zM576 194h24v28h-24zM613 194h24v28h-24zM650 194h24v28h-24zM576 242h24v28h-24zM613 242h24v28h-24zM650 242h24v28h-24z" /></g>
    <g fill="none" stroke="var(--line-strong)" strokeWidth="2"><path d="M108 330v104q0 20 20 20h32M620 454h140" /></g>
    <path d="M160 400h460v250H160z" fill="var(--surface)" />
    <path d="M160 498q40-8 78 0t76 0 64 0v152H160z" fill="var(--h3)" /><path d="M378 510q30-7 62 0t60 0v140H378z" fill="var(--h2)" /><path d="M500 520q30-6 60 0t60 0v130H500z" fill="var(--h1)" />
    <path d="M160 618h218v32H160z" fill="var(--h4)" /><path d="M378 634h122v16H378z" fill="var(--h3)" />
    <path d="M160 400h460v250H160zM378 400v62M378 486v164M500 400v72M500 496v154" fill="none" stroke="var(--ink)" strokeWidth="5" />
    <g stroke="var(--ink)" strokeWidth="3" fill="var(--surface)"><path d="M236 330h62v70h-62zM416 330h50v70h-50zM538 330h50v70h-50z" /><path d="M228 324h78v12h-78zM408 324h66v12h-66zM530 324h66v12h-66z" fill="var(--ink)" /></g>
    <path d="M267 344v142" stroke="var(--accent)" strokeWidth="3" strokeDasharray="5 5" /><circle cx="267" cy="344" r="8" fill="var(--accent)" /><path d="M248 496h38" stroke="var(--accent)" strokeWidth="4" />
    <path d="M318 338V492M311 338h14M311 492h14" stroke="var(--ink)" strokeWidth="2" fill="none" /><text x="330" y="440" fontSize="18" fill="var(--ink)">{t("art.freeboard")}</text>
    <g fontSize="30" fontWeight="700" fill="var(--ink)"><text x="60" y="754">{t("art.before")}</text><text x="290" y="754">{t("art.during")}</text><text x="520" y="754">{t("art.after")}</text></g>
    <g fontSize="17" fill="var(--ink-2)"><text x="60" y="786">{t("art.before.say")}</text><text x="290" y="786">{t("art.during.say")}</text><text x="520" y="786">{t("art.after.say")}</text></g></svg>
  );
}
