"""Typed, documented settings: ``DIR/qingshu.toml``, overridden by ``QINGSHU_*``.

An environment variable is named after section and key: ``QINGSHU_WEB__PORT=8018``.
Every field carries its description; ``docs/reference/settings.md`` is made from them.
"""

from __future__ import annotations

import os
import tomllib
from dataclasses import fields
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from qingshu.kernel.errors import InvalidInput

ENV_PREFIX = "QINGSHU_"
FILE_NAME = "qingshu.toml"

P = TypeVar("P")


class Section(BaseModel):
    """A table of the settings file; unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Station(Section):
    """Who runs this workspace."""

    name: str = Field("清疏", description="Station name shown at the top of every screen.")
    phone: str = Field("", description="Duty phone printed on cards, day and night.")
    public_url: str = Field(
        "", description="Address residents reach the public pages at; printed in QR codes."
    )
    zone: str = Field("Asia/Shanghai", description="IANA time zone of schedules and screens.")
    simulated: bool = Field(
        False, description="True for a simulated city; every screen then says so."
    )
    lat: float = Field(36.655, description="Map centre, WGS-84 degrees north.")
    lon: float = Field(116.975, description="Map centre, WGS-84 degrees east.")


class Database(Section):
    """Where business state and recent readings are kept."""

    url: str = Field("", description="SQLAlchemy URL; empty means SQLite in DIR/qingshu.db.")
    busy_timeout_s: float = Field(
        10.0, gt=0, description="How long a writer waits for the SQLite write lock, seconds."
    )
    pool_size: int = Field(8, ge=1, description="Open connections kept per process.")


class Web(Section):
    """The HTTP door for people and programs."""

    host: str = Field("127.0.0.1", description="Address the web server listens on.")
    port: int = Field(8017, ge=0, le=65535, description="Port the web server listens on.")
    session_hours: float = Field(12.0, gt=0, description="Life of a signed-in session, hours.")
    secure_cookies: bool = Field(
        False, description="Mark session cookies Secure; set it when TLS is in front."
    )
    max_body_mb: float = Field(8.0, gt=0, description="Largest request body accepted, MB.")
    stream_poll_ms: int = Field(
        40, ge=5, description="How often the live stream looks for new rows, milliseconds."
    )


class Broker(Section):
    """The MQTT broker that level sensors publish to."""

    embedded: bool = Field(True, description="Start the embedded broker with `serve`.")
    url: str = Field("mqtt://127.0.0.1:18831", description="Broker that ingest subscribes to.")
    sync: str = Field(
        "always",
        pattern=r"^(always|\d+(ms|s|m))$",
        description="When the embedded broker syncs to disk: `always` survives a power cut; "
        "an interval such as `1s` is faster and survives a crash of the process only.",
    )
    nats_port: int = Field(
        18842, ge=0, le=65535, description="Client port of the embedded NATS server."
    )
    client_id: str = Field("qingshu-ingest", description="Durable MQTT session name of ingest.")
    username: str = Field("", description="MQTT user name; empty for none.")
    password: str = Field("", description="MQTT password; empty for none.")


class Doors(Section):
    """TCP doors for devices."""

    host: str = Field("127.0.0.1", description="Address the device doors listen on.")
    jt808_port: int = Field(
        18808, ge=0, le=65535, description="JT/T 808 vehicle terminals; 0 takes a free port."
    )


class Ingest(Section):
    """How readings are gathered into commits."""

    commit_ms: int = Field(20, ge=1, description="Longest wait before a commit, milliseconds.")
    batch_messages: int = Field(4000, ge=1, description="Messages that force a commit.")
    future_tolerance_s: float = Field(
        600.0, ge=0, description="A measured time further ahead than this is a clock fault."
    )
    past_tolerance_days: float = Field(
        400.0, gt=0, description="A measured time further back than this is a clock fault."
    )
    shards: int = Field(
        1, ge=1, description="Tank-memory shards (tank id modulo this); one is quickest here."
    )
    seal_after_hours: float = Field(
        26.0, gt=0, description="Readings older than this move from SQL into Parquet."
    )


class Clock(Section):
    """Wall clock, or a faster one for a simulated city."""

    speed: float = Field(1.0, gt=0, description="Product seconds per wall second.")
    wall_start: float = Field(0.0, description="Wall epoch seconds where a fast clock starts.")
    product_start: float = Field(0.0, description="Product epoch seconds at wall_start.")


class Policy(Section):
    """What the station lets the machine do by itself."""

    auto_dispatch: Literal["never", "red", "always"] = Field(
        "never", description="Confirm the first-ranked truck without a person: for which grade."
    )


class Settings(BaseModel):
    """All settings of one workspace.

    >>> Settings(directory=Path("/srv/qingshu")).database_url
    'sqlite:////srv/qingshu/qingshu.db'
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    directory: Path = Field(description="The workspace folder; not a key of the file.")
    station: Station = Station()
    database: Database = Database()
    web: Web = Web()
    broker: Broker = Broker()
    doors: Doors = Doors()
    ingest: Ingest = Ingest()
    clock: Clock = Clock()
    policy: Policy = Policy()
    params: dict[str, dict[str, Any]] = Field(
        default_factory=dict,
        description="Overrides of a room's tunable numbers: [params.warn], [params.verify] …",
    )

    @property
    def database_url(self) -> str:
        """The configured URL, or SQLite inside the workspace."""
        return self.database.url or f"sqlite:///{self.directory / 'qingshu.db'}"

    def room_params(self, room: str, kind: type[P]) -> P:
        """A room's params object with this workspace's overrides applied."""
        overrides = self.params.get(room, {})
        known = {field.name for field in fields(kind)}  # type: ignore[arg-type]
        unknown = sorted(set(overrides) - known)
        if unknown:
            msg = f"Expected keys of [params.{room}] among {sorted(known)}, got {unknown}."
            raise InvalidInput(msg, section=f"params.{room}")
        return kind(**overrides)


def load_settings(directory: Path) -> Settings:
    """Settings of the workspace in ``directory``: file, then environment.

    Raises
    ------
    InvalidInput
        A key is unknown or a value is out of its range; ``fields`` name each.
    """
    raw: dict[str, Any] = {}
    path = directory / FILE_NAME
    if path.exists():
        try:
            raw = tomllib.loads(path.read_text(encoding="utf-8"))
        except tomllib.TOMLDecodeError as error:
            msg = f"Expected TOML in {path}, got: {error}."
            raise InvalidInput(msg) from error
    for name, value in os.environ.items():
        section, _, key = name.removeprefix(ENV_PREFIX).lower().partition("__")
        if name.startswith(ENV_PREFIX) and key:
            raw.setdefault(section, {})[key] = value
    try:
        return Settings(directory=directory.resolve(), **raw)
    except ValidationError as error:
        wrong = {".".join(map(str, e["loc"])): e["msg"] for e in error.errors()}
        msg = f"Expected valid settings in {path}, got wrong values for {', '.join(wrong)}."
        raise InvalidInput(msg, **wrong) from error
