"""The demo city as values: made from a seed, the same on every machine."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files

import numpy as np

from qingshu.twin import names, streets
from qingshu.twin.ground import Floats, Ints, to_degrees, to_metres, urban_density
from qingshu.twin.params import WorldParams
from qingshu.twin.tanks import Tanks, place_tanks


@dataclass(frozen=True, slots=True)
class Office:
    """One of the 33 sub-district offices."""

    code: str
    name: str
    district: str
    lat: float
    lon: float
    weight: float
    grid: str


@dataclass(frozen=True, slots=True)
class Community:
    """A residents' community inside one office."""

    code: str
    name: str
    office: int
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Person:
    """An invented member of staff."""

    code: str
    name: str
    phone: str
    duty: str
    grid: str = ""


@dataclass(frozen=True, slots=True)
class Truck:
    """A suction truck with its crew and terminal."""

    code: str
    plate: str
    terminal: str
    capacity_m3: float
    width_m: float
    hose_m: float
    crew_code: str
    crew_name: str
    leader: str
    grid: str
    yard: int
    shift_start: str
    shift_end: str


@dataclass(frozen=True, slots=True)
class Plant:
    """Where trucks unload."""

    code: str
    name: str
    x: float
    y: float
    open_from: str
    open_to: str
    capacity_m3_day: float


@dataclass(frozen=True, slots=True)
class Sensors:
    """Level sensors: one row each."""

    codes: tuple[str, ...]
    tank: Ints
    distance: np.ndarray
    offset_m: Floats
    interval_s: Floats
    models: tuple[str, ...]
    gas: np.ndarray


@dataclass(frozen=True, slots=True)
class World:
    """Everything that exists in the city before the first second."""

    params: WorldParams
    streets: streets.Streets
    offices: tuple[Office, ...]
    communities: tuple[Community, ...]
    people: tuple[Person, ...]
    keeper_of: tuple[str, ...]
    trucks: tuple[Truck, ...]
    plants: tuple[Plant, ...]
    yards: tuple[tuple[float, float], ...]
    tanks: Tanks
    sensors: Sensors

    @property
    def grids(self) -> list[str]:
        """Codes of the 28 grids in order."""
        return sorted({office.grid for office in self.offices})


PLANTS = (
    Plant("北厂", "北郊粪便处理厂", -1200.0, 6050.0, "00:00", "24:00", 600.0),
    Plant("西厂", "玉清湖处理厂", -8050.0, -1300.0, "06:00", "22:00", 400.0),
)
YARDS = ((-3900.0, 500.0), (1900.0, -2600.0))
MODELS = (
    ("超声 UL-3", True),
    ("雷达 RD-80", True),
    ("压阻 PT-20", False),
    ("电容 CP-1", False),
)


def load_offices() -> tuple[Office, ...]:
    """The 33 offices with our approximate centres."""
    text = files("qingshu.twin").joinpath("data/offices.toml").read_text(encoding="utf-8")
    return tuple(Office(**row) for row in tomllib.loads(text)["office"])


def build(params: WorldParams) -> World:
    """The city of ``params``: equal parameters give equal cities."""
    street_rng, tank_rng, people_rng, truck_rng, sensor_rng = (
        np.random.default_rng([params.seed, part]) for part in range(5)
    )
    roads = streets.build(street_rng)
    offices = load_offices()
    draft = place_tanks(
        params.tanks, roads, [to_metres(o.lat, o.lon) for o in offices],
        [o.weight for o in offices], tank_rng,
    )  # fmt: skip
    communities, community_of = _communities(offices, draft, tank_rng)
    tanks = draft.named(
        community_of, [c.name for c in communities], [o.code for o in offices], tank_rng
    )
    people, keeper_of = _people(offices, tanks, params.trucks, people_rng)
    return World(
        params=params,
        streets=roads,
        offices=offices,
        communities=communities,
        people=people,
        keeper_of=keeper_of,
        trucks=_trucks(params.trucks, people, offices, truck_rng),
        plants=PLANTS,
        yards=YARDS,
        tanks=tanks,
        sensors=_sensors(params.sensors, tanks, sensor_rng),
    )


def _communities(
    offices: Sequence[Office], tanks: Tanks, rng: np.random.Generator
) -> tuple[tuple[Community, ...], Ints]:
    """4 to 8 communities an office, centred on tanks far from each other."""
    found: list[Community] = []
    taken: set[str] = set()
    member = np.zeros(len(tanks.x), dtype=np.int64)
    for number, office in enumerate(offices):
        mine = np.flatnonzero(tanks.office == number)
        want = int(np.clip(len(mine) // 14, 4, 8)) if len(mine) else 4
        if not len(mine):
            x, y = to_metres(office.lat, office.lon)
            seeds = [(x + dx, y + dy) for dx, dy in ((0, 0), (300, 0), (0, 300), (-300, 0))]
        else:
            xy = np.stack([tanks.x[mine], tanks.y[mine]], axis=1)
            picked = [int(rng.integers(len(mine)))]
            while len(picked) < min(want, len(mine)):
                gaps = np.min([np.hypot(*(xy - xy[p]).T) for p in picked], axis=0) * rng.uniform(
                    0.6, 1.0, len(mine)
                )
                picked.append(int(np.argmax(gaps)))
            seeds = [(float(xy[p, 0]), float(xy[p, 1])) for p in picked]
            near = np.array([np.hypot(xy[:, 0] - a, xy[:, 1] - b) for a, b in seeds])
            member[mine] = len(found) + np.argmin(near, axis=0)
        labels = names.community_names(office.name, len(seeds), taken, rng)
        found += [
            Community(f"{office.code}-{n + 1:02d}", label, number, x, y)
            for n, (label, (x, y)) in enumerate(zip(labels, seeds, strict=True))
        ]
    return tuple(found), member


def _people(
    offices: Sequence[Office], tanks: Tanks, trucks: int, rng: np.random.Generator
) -> tuple[tuple[Person, ...], tuple[str, ...]]:
    """Leads and keepers of every grid, crews, patrollers; and each tank's keeper."""
    people: list[Person] = []

    def add(code: str, duty: str, grid: str = "") -> str:
        phone = f"199{len(people):08d}"
        people.append(Person(code, names.person_name(rng), phone, duty, grid))
        return code

    keepers: dict[str, list[str]] = {}
    for grid in sorted({o.grid for o in offices}):
        tail = grid.removeprefix("网格")
        add(f"W{tail}", "网格负责人", grid)
        keepers[grid] = [add(f"B{tail}{n}", "包池人", grid) for n in (1, 2, 3)]
    for n in range(trucks):
        add(f"Q{n + 1:02d}", "清疏班长")
        add(f"G{n + 1:02d}", "清疏工")
    for n in range(6):
        add(f"X{n + 1:02d}", "巡查员")
    grid_of = [offices[i].grid for i in tanks.office.tolist()]
    turn = (tanks.community % 3).tolist()
    return tuple(people), tuple(keepers[g][t] for g, t in zip(grid_of, turn, strict=True))


def _trucks(
    count: int, people: Sequence[Person], offices: Sequence[Office], rng: np.random.Generator
) -> tuple[Truck, ...]:
    """Half of the trucks in each district; every third one is on call day and night."""
    leaders = {p.code: p for p in people}
    grids = sorted({o.grid for o in offices})
    result = []
    for n in range(count):
        west = n % 2 == 0
        code = f"{'槐' if west else '市'}{n // 2 + 1}"
        capacity = (5.0, 8.0, 5.0, 8.0, 12.0)[int(rng.integers(5))]
        width = {5.0: 2.0, 8.0: 2.3, 12.0: 2.5}[capacity]
        leader = leaders[f"Q{n + 1:02d}"]
        always = (n // 2) % 3 == 0
        result.append(
            Truck(
                code=code,
                plate=f"鲁A{'HS'[n % 2]}{8001 + n}",
                terminal=f"133{n + 1:08d}",
                capacity_m3=capacity,
                width_m=round(width + float(rng.choice([0.0, 0.0, 0.1])), 2),
                hose_m=float(rng.choice([25.0, 30.0, 40.0])),
                crew_code=f"班{n + 1:02d}",
                crew_name="女子清疏班" if n == 2 else f"{leader.name}班",
                leader=leader.code,
                grid=grids[n % len(grids)],
                yard=0 if west else 1,
                shift_start="00:00" if always else "07:00",
                shift_end="24:00" if always else "19:00",
            )
        )
    return tuple(result)


def _sensors(count: int, tanks: Tanks, rng: np.random.Generator) -> Sensors:
    """Sensors stand where trouble is expected: low ground, fast inflow, the old town."""
    wish = (
        np.array([urban_density(x, y) for x, y in zip(tanks.x, tanks.y, strict=True)])
        + 0.6 * tanks.low_lying
        + 0.4 * tanks.rise_m_day
        + rng.uniform(0, 1, len(tanks.x))
    )
    chosen = np.sort(np.argsort(-wish)[:count])
    kind = rng.integers(len(MODELS), size=count)
    distance = np.array([MODELS[k][1] for k in kind])
    mount = np.round(rng.uniform(0.10, 0.30, count), 2)
    offset: Floats = np.where(distance, tanks.cover_m[chosen] + mount, 0.0)
    return Sensors(
        codes=tuple(f"L{n + 1:05d}" for n in range(count)),
        tank=chosen.astype(np.int64),
        distance=distance,
        offset_m=np.round(offset, 3),
        interval_s=rng.choice([300.0, 600.0, 900.0], size=count, p=[0.3, 0.5, 0.2]),
        models=tuple(MODELS[k][0] for k in kind),
        gas=rng.random(count) < 0.08,
    )


def position(world: World, tank: int) -> tuple[float, float]:
    """WGS-84 (lat, lon) of one tank."""
    return to_degrees(float(world.tanks.x[tank]), float(world.tanks.y[tank]))
