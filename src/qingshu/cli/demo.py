"""``qingshu demo``: the simulated city, made on first use, served with the twin beside it."""

from __future__ import annotations

import os
import re
import sys
import time
import webbrowser
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from qingshu.cli import serve
from qingshu.cli.init import create_workspace
from qingshu.cli.open_workspace import open_workspace
from qingshu.dispatch.roads import files as road_files
from qingshu.dispatch.roads.edge_list import read_edge_list
from qingshu.dispatch.roads.params import RoadParams
from qingshu.kernel.errors import InvalidInput
from qingshu.kernel.instants import local, to_ms
from qingshu.registry.imports.run import run_import
from qingshu.runtime import eventlog
from qingshu.runtime.accounts import service as accounts
from qingshu.runtime.accounts.roles import Role
from qingshu.runtime.clock import SystemClock
from qingshu.runtime.db import Database
from qingshu.runtime.settings import FILE_NAME, Settings, load_settings
from qingshu.twin.city import saved_at
from qingshu.twin.engine import WORLD_FILE
from qingshu.twin.params import WorldParams
from qingshu.twin.sheets import ORDER, write_roads, write_sheets
from qingshu.twin.world import World, build

PASSWORD = "qingshu-demo"  # noqa: S105 - printed on the screen; the city is not real.
OPENS_AT_HOUR = 9
SENSOR_SHARE = 0.3
SENSORS_MOST = 600

SETTINGS = """# Settings of the demo city. All keys: docs/reference/settings.md
[station]
name = "城肥清运一处（仿真）"
zone = "Asia/Shanghai"
simulated = true
lat = 36.648
lon = 116.968

[web]
port = {web}
# A fast clock would end a day's session within minutes.
session_hours = 8760.0

[doors]
jt808_port = {jt808}

[broker]
url = "mqtt://127.0.0.1:{mqtt}"
nats_port = {nats}

[params.warn]
# When a sensor was last heard is written down every few wall seconds; at the demo's
# speed that is ten minutes of the city, so silence is judged with more patience.
comms_intervals = 6.0
comms_suspect_intervals = 4.0
comms_slack_s = 600.0

[params.fieldwork]
# One wall second at the demo's speed is too little for anybody to accept a job.
accept_s = 900.0

"""
CLOCK = """[clock]
speed = {speed}
wall_start = {wall}
product_start = {product}
"""
PEOPLE = (
    ("dispatcher", "周晓岚", Role.DISPATCHER, "调度员"),
    ("lead", "王秀芳", Role.GRID_LEAD, "网格负责人"),
    ("patroller", "郑东升", Role.PATROLLER, "巡查员"),
    ("plant", "孙保国", Role.PLANT_KEEPER, "处理厂"),
    ("analyst", "何静怡", Role.ANALYST, "分析员"),
    ("director", "陈立新", Role.DIRECTOR, "负责人"),
    ("admin", "系统管理员", Role.ADMIN, "管理员"),
)
# The twin signs in as these: its calls, its rain gauge, its weighbridge.
PROGRAMS = (
    ("twin-desk", "热线接入（仿真）", Role.DISPATCHER, ""),
    ("twin-gauge", "雨量站（仿真）", Role.DEVICE, ""),
    ("twin-plant", "地磅（仿真）", Role.PLANT_KEEPER, ""),
)


@click.command()
@click.argument("directory", default="demo-city", type=click.Path(file_okay=False, path_type=Path))
@click.option("--tanks", default=2000, show_default=True, help="Tanks of a new city.")
@click.option("--seed", default=20, show_default=True, help="Which city; same seed, same city.")
@click.option("--speed", default=60.0, show_default=True, help="City seconds per wall second.")
@click.option("--port", default=8017, show_default=True, help="HTTP port.")
@click.option("--jt808-port", default=18808, show_default=True, help="JT/T 808 port.")
@click.option("--mqtt-port", default=18831, show_default=True, help="MQTT port.")
@click.option("--nats-port", default=18842, show_default=True, help="NATS client port.")
@click.option("--crews", default="all", show_default=True, help="Crews simulated: all, none, N.")
@click.option("--no-browser", is_flag=True, help="Do not open a browser.")
@click.option("--autopilot", is_flag=True, help="Simulate the dispatcher too.")
def command(
    directory: Path,
    tanks: int,
    seed: int,
    speed: float,
    port: int,
    jt808_port: int,
    mqtt_port: int,
    nats_port: int,
    crews: str,
    no_browser: bool,
    autopilot: bool,
) -> None:
    """Open the simulated demo city in DIRECTORY (./demo-city), making it on first use."""
    if crews not in ("all", "none") and not crews.isdigit():
        msg = f"Expected --crews all, none or a number, got {crews!r}."
        raise InvalidInput(msg, crews=crews)
    if (directory / FILE_NAME).exists():
        resume(directory, speed)
    else:
        head = SETTINGS.format(web=port, jt808=jt808_port, mqtt=mqtt_port, nats=nats_port)
        params = WorldParams(
            seed=seed, tanks=tanks, sensors=min(SENSORS_MOST, max(1, int(tanks * SENSOR_SHARE)))
        )
        make_city_workspace(directory, head, params, speed)
        # A fresh process serves the city: building one takes memory that serving does not.
        sys.stdout.flush()
        os.execv(sys.executable, [sys.executable, "-m", "qingshu.cli.main", *sys.argv[1:]])  # noqa: S606
    settings = load_settings(directory)
    serve.run(
        directory,
        extra=[("twin", twin_command(settings, crews, autopilot=autopilot))],
        on_started=lambda url: _welcome(url, open_browser=not no_browser),
    )


def make_city_workspace(directory: Path, head: str, params: WorldParams, speed: float) -> None:
    """A new workspace holding the city of ``params``, through the doors a station uses."""
    started = time.monotonic()
    wall = SystemClock().now()
    zone = ZoneInfo("Asia/Shanghai")
    opens = datetime.combine(local(wall).date(), datetime.min.time(), zone)
    opens += timedelta(hours=OPENS_AT_HOUR)
    create_workspace(directory, head + _clock(speed, wall, opens))
    world = build(params)
    click.echo(f"Building a city of {params.tanks} tanks in {directory} …")
    folder = directory / "twin"
    written = write_sheets(world, folder, opens.date())
    with open_workspace(directory) as db:
        for kind in ORDER:
            _import(db, kind, written[kind])
        _import_roads(db, *write_roads(world, folder))
        crews = _accounts(db, world)
    _write_world(folder, params, crews)
    click.echo(f"Ready in {time.monotonic() - started:.1f} s.")


def resume(directory: Path, speed: float) -> None:
    """Let the city's clock go on from where it stopped."""
    path = directory / FILE_NAME
    text = path.read_text(encoding="utf-8")
    with open_workspace(directory) as db, db.read() as conn:
        if not db.settings.station.simulated:
            msg = f"Expected a demo city, {directory} is a real workspace. Use `qingshu serve`."
            raise InvalidInput(msg, directory=str(directory))
        last = eventlog.tail(conn, eventlog.head(conn) - 1)
        stopped_s = to_ms(last[-1].at) / 1000 if last else 0.0
    stopped_s = max(stopped_s, saved_at(directory / "twin") or 0.0) + 1.0
    started = CLOCK.format(speed=speed, wall=to_ms(SystemClock().now()) / 1000, product=stopped_s)
    kept = re.sub(r"\[clock\]\n(?:[a-z_]+ = .*\n)*", "", text)
    path.write_text(kept + started, encoding="utf-8")


def twin_command(settings: Settings, crews: str, *, autopilot: bool) -> Sequence[str]:
    """The command line of the twin's process."""
    words = [
        sys.executable, "-m", "qingshu.twin",
        "--world", str(settings.directory / "twin"),
        "--base", f"http://{settings.web.host}:{settings.web.port}",
        "--mqtt", settings.broker.url,
        "--jt808", f"{settings.doors.host}:{settings.doors.jt808_port}",
        "--crews", crews,
    ]  # fmt: skip
    return [*words, "--autopilot"] if autopilot else words


def _clock(speed: float, wall: datetime, product: datetime) -> str:
    return CLOCK.format(speed=speed, wall=to_ms(wall) / 1000, product=to_ms(product) / 1000)


def _import(db: Database, kind: str, path: Path) -> None:
    result = run_import(db, kind, path.name, path.read_bytes(), actor="system:demo")
    if result.errors:
        first = result.errors[0]
        msg = f"Expected every row of {path.name} to import, row {first.row}: {first.message}"
        raise InvalidInput(msg, file=path.name, rows=len(result.errors))


def _import_roads(db: Database, nodes: Path, edges: Path) -> None:
    params = db.settings.room_params("roads", RoadParams)
    builder = read_edge_list(nodes, edges, params)
    road_files.save(db.settings.directory, builder, source="demo city", now=db.clock.now())


def _accounts(db: Database, world: World) -> dict[str, str]:
    """People who may sign in, and the twin's own accounts; truck code to crew user name."""
    leaders = {p.code: p.name for p in world.people}
    hashed = accounts.hash_password(PASSWORD)
    crews: dict[str, str] = {}
    with db.write("system:demo") as tx:
        for username, name, role, _ in (*PEOPLE, *PROGRAMS):
            accounts.create_account(tx, username, PASSWORD, name=name, roles=[role], hashed=hashed)
        for truck in world.trucks:
            district = "huai" if truck.code.startswith("槐") else "shi"
            crews[truck.code] = district + truck.code[1:]
            accounts.create_account(
                tx, crews[truck.code], PASSWORD, name=leaders[truck.leader],
                roles=[Role.CREW], person_code=truck.leader, truck_code=truck.code,
                hashed=hashed,
            )  # fmt: skip
    return crews


def _write_world(folder: Path, params: WorldParams, crews: dict[str, str]) -> None:
    lines = [
        "# What the simulated city is made from; the same numbers give the same city.",
        "[world]",
        f"seed = {params.seed}",
        f"tanks = {params.tanks}",
        f"sensors = {params.sensors}",
        f"trucks = {params.trucks}",
        "",
        "[users]",
        'desk = "twin-desk"',
        'plant = "twin-plant"',
        'gauge = "twin-gauge"',
        f'password = "{PASSWORD}"',
        "",
        "[users.crews]",
        *(f'"{code}" = "{name}"' for code, name in crews.items()),
        "",
    ]
    (folder / WORLD_FILE).write_text("\n".join(lines), encoding="utf-8")


def _welcome(url: str, *, open_browser: bool) -> None:
    click.echo("")
    click.echo(f"清疏 Qingshu 仿真城市 simulated city   {url}")
    click.echo(f"口令 password for all accounts: {PASSWORD}")
    for username, name, _, duty in PEOPLE:
        click.echo(f"  {username:<12}{duty} {name}")
    click.echo("  huai1 … shi1 …   清疏班 crews, one for each truck (槐1 …, 市1 …)")
    if open_browser:
        webbrowser.open(url)
