/** A process that stopped or fell behind, as the stream's beat tells: said on top until it is over. */
import { Banner } from "../shared/components";
import { pick, t, useLang } from "../shared/i18n";
import { useLive } from "./store";

export function TroubleBanner() {
  useLang();
  const { trouble } = useLive();
  if (trouble.length === 0) return null;
  return (
    <Banner icon="warn" title={t("trouble.title")}>
      {trouble.map((one) => (typeof one === "string" ? one : pick(one.zh, one.en) || t("trouble.process", { process: one.process }))).join("；")}
    </Banner>
  );
}
