/** 下一单: where, how long, what to know, one button. */
import { Button, Clock, GradeTag } from "../shared/components";
import { t, useLang } from "../shared/i18n";
import { Icon } from "../shared/icons";
import { centimetres } from "../shared/time";
import type { Grade, Job } from "../shared/types";
import { RouteSketch } from "./RouteSketch";

const ROAD = ["accept", "depart", "arrive"];

export function NextJob({ job, onCommand, onBlock }: { job: Job; onCommand: (command: string) => void; onBlock: () => void }) {
  useLang();
  const { tank, contact } = job;
  const grade: Grade = job.grade ?? 0;
  const command = ROAD.find((one) => job.allowed.includes(one)) ?? null;
  return (
    <>
      <div className="pbody">
        <section className="card job">
          <div className="jh">
            <GradeTag grade={grade} suffix={grade === 1 || grade === 2 ? t("crew.urgent") : undefined} />
            {job.arrive_due_at ? <span className="due">{t("crew.arrive")} <Clock due={job.arrive_due_at} strong /></span> : null}
          </div>
          <h2>{tank.name}</h2>
          <p className="ad">{tank.address}</p>
          <RouteSketch job={job} grade={grade} />
        </section>
        <section className="card say">
          <h3>{t("crew.know")}</h3>
          <ul>
            {tank.access_width_m !== null ? (
              <li><Icon name="info" /><span>{t("crew.lane")}<b>{tank.access_width_m} m</b>{tank.hose_distance_m !== null ? t("crew.hose", { m: tank.hose_distance_m }) : ""}</span></li>
            ) : null}
            <li><Icon name="tank" />
              <span>{tank.volume_m3 !== null ? t("crew.shape", { n: tank.chambers ?? 1, m3: tank.volume_m3 }) : tank.code}
                {tank.freeboard_m !== null ? <>{t("crew.freeboard")}<b>{centimetres(tank.freeboard_m)} cm</b></> : null}</span>
            </li>
            {tank.lid_position ? <li><Icon name="pin" /><span>{t("crew.lid", { where: tank.lid_position })}</span></li> : null}
            <li><Icon name="warn" /><span>{tank.gas_history ? t("crew.gasPast", { what: tank.gas_history }) : ""}<b>{t("crew.gasFirst")}</b></span></li>
            {contact?.name_masked ? (
              <li><Icon name="user" /><span>{t("crew.contact", { name: contact.name_masked })}</span>
                {contact.phone ? <a className="call" href={`tel:${contact.phone}`}><Icon name="phone" />{t("crew.call")}</a> : null}</li>
            ) : null}
          </ul>
        </section>
        <section className="card kit">
          <h3>{t("crew.bring")}</h3>
          <p>{tank.hose_distance_m !== null && tank.hose_distance_m > 25 ? t("crew.kitMore", { m: Math.ceil(tank.hose_distance_m / 10) * 10 }) : t("crew.kit")}</p>
        </section>
        {job.allowed.includes("block") ? <button type="button" className="link late" onClick={onBlock}>{t("block.title")}</button> : null}
      </div>
      <footer className="pfoot">
        <a className="btn big nav0" href={`geo:${tank.lat},${tank.lon}?q=${tank.lat},${tank.lon}`}><Icon name="nav" />{t("crew.navigate")}</a>
        <Button big look="main" disabled={command === null} onClick={() => { if (command) onCommand(command); }}>
          {command ? t(`crew.do.${command as "accept" | "depart" | "arrive"}`) : t("loading")}
        </Button>
      </footer>
    </>
  );
}
