/** 体检: what is wrong with the installation and how to mend it. */
import { Button } from "../../shared/components";
import { pick, t } from "../../shared/i18n";
import { Icon } from "../../shared/icons";
import { useRemote } from "../../shared/useRemote";
import { DataPage } from "./DataPage";

interface Check {
  name: string;
  ok: boolean;
  zh: string;
  en: string;
  mend_zh: string | null;
  mend_en: string | null;
}

export function DoctorPage() {
  const remote = useRemote<{ ok: boolean; checks: Check[] }>("/doctor");
  const checks = remote.data ? [...remote.data.checks].sort((a, b) => Number(a.ok) - Number(b.ok)) : null;
  return (
    <DataPage title={t("nav.doctor")} say={remote.data ? t(remote.data.ok ? "doctor.well" : "doctor.ill") : t("doctor.say")} remote={remote} items={checks} id={(check) => check.name} empty={t("doctor.well")}
      tools={<Button icon="redo" onClick={remote.refresh}>{t("doctor.again")}</Button>}
      columns={[
        { head: t("col.state"), cell: (check) => <span className={check.ok ? "row" : "row t1"}><Icon name={check.ok ? "check" : "warn"} />{check.ok ? t("doctor.ok") : t("doctor.notOk")}</span> },
        { head: t("col.what"), cell: (check) => <span className="muted">{check.name}</span> },
        { head: t("col.finding"), cell: (check) => pick(check.zh, check.en) },
        { head: t("col.mend"), cell: (check) => (check.ok ? "" : pick(check.mend_zh, check.mend_en)) },
      ]} />
  );
}
