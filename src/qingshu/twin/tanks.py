"""Where the tanks lie, what they look like and what they are called."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from qingshu.twin import names
from qingshu.twin.ground import Floats, Ints, urban_density
from qingshu.twin.params import HydraulicParams
from qingshu.twin.streets import Streets

# Standard tank numbers 1 to 13 by effective volume, m3, and how common each is here.
VOLUMES_M3 = (2.0, 4.0, 6.0, 9.0, 12.0, 16.0, 20.0, 25.0, 30.0, 40.0, 50.0, 75.0, 100.0)
SHARES = (0.02, 0.06, 0.12, 0.14, 0.15, 0.13, 0.11, 0.09, 0.07, 0.05, 0.03, 0.02, 0.01)
LIVED_ON = {"residential": 1.0, "living_street": 1.2, "secondary": 0.6, "primary": 0.12}
PERSONS_PER_HOUSEHOLD = 2.8
LITRES_PER_PERSON_DAY = 110.0
SIDES = "北南东西"
TYPES = ("residential", "restaurant", "school", "office")
TYPE_SHARES = (0.88, 0.06, 0.03, 0.03)


@dataclass(frozen=True, slots=True)
class Tanks:
    """All tanks, one array per property; index is the tank's place in the files."""

    x: Floats
    y: Floats
    office: Ints
    community: Ints
    codes: tuple[str, ...]
    labels: tuple[str, ...]
    addresses: tuple[str, ...]
    volume_m3: Floats
    area_m2: Floats
    outlet_m: Floats
    cover_m: Floats
    rise_m_day: Floats
    households: Ints
    types: tuple[str, ...]
    lids: tuple[str, ...]
    gas_notes: tuple[str, ...]
    access_width_m: Floats
    hose_distance_m: Floats
    low_lying: NDArray[np.bool_]
    desludged_days_ago: Ints
    interval_days: Ints

    def named(
        self,
        community: Ints,
        community_names: Sequence[str],
        office_codes: Sequence[str],
        rng: np.random.Generator,
    ) -> Tanks:
        """The same tanks with a community, a code and a name people would say."""
        codes, labels = [""] * len(self.x), [""] * len(self.x)
        members: dict[int, list[int]] = defaultdict(list)
        for i in np.argsort(-self.y // 90 * 1e5 + self.x).tolist():
            members[int(community[i])].append(i)
        running: dict[int, int] = defaultdict(int)
        for number in sorted(members):
            building, second = 0, False
            for i in members[number]:
                second = not second and building > 0 and rng.random() < 0.18
                building += 0 if second else 1
                side = SIDES[int(rng.integers(2, 4) if second else rng.integers(2))]
                labels[i] = _label(community_names[number], self.types[i], building, side)
                office = int(self.office[i])
                running[office] += 1
                codes[i] = f"{office_codes[office]}-{running[office]:04d}"
        return replace(self, community=community, codes=tuple(codes), labels=tuple(_unique(labels)))


def _label(community: str, kind: str, building: int, side: str) -> str:
    if kind == "restaurant":
        return f"{community}沿街{building}号商铺"
    if kind == "school":
        return f"{community}学校{building}号楼{side}"
    if kind == "office":
        return f"{community}办公楼{building}号{side}"
    return f"{community}{building}号楼{side}"


def _unique(labels: Sequence[str]) -> list[str]:
    """Number the few names that came out twice."""
    seen: dict[str, int] = defaultdict(int)
    result = []
    for label in labels:
        seen[label] += 1
        result.append(label if seen[label] == 1 else f"{label}{seen[label]}")
    return result


def place_tanks(
    count: int,
    roads: Streets,
    centres: Sequence[tuple[float, float]],
    weights: Sequence[float],
    rng: np.random.Generator,
) -> Tanks:
    """``count`` tanks beside the streets, denser where the city is denser."""
    x, y, edge = _spots(count, roads, centres, weights, rng)
    gaps = np.array([np.hypot(x - a, y - b) for a, b in centres])
    office = np.argmin(gaps, axis=0).astype(np.int64)
    volume = rng.choice(np.array(VOLUMES_M3), size=count, p=SHARES)
    drawn = rng.normal(1.75, 0.25, count) + volume / 120.0
    outlet: Floats = np.round(drawn.clip(1.3, 2.9), 2).astype(np.float64)
    cover = np.round(outlet + rng.uniform(0.25, 0.80, count), 2)
    area = np.round(volume / outlet, 2)
    flow = HydraulicParams()
    rise = np.clip(
        flow.rise_median_m_day * np.exp(rng.normal(0.0, flow.rise_log_sd, count)),
        flow.rise_min_m_day,
        flow.rise_max_m_day,
    )
    litres = rise * area * 1000.0 / LITRES_PER_PERSON_DAY
    width = np.round(roads.max_width_m[edge], 1)
    kinds = rng.choice(len(TYPES), size=count, p=TYPE_SHARES)
    interval = rng.choice([120, 180, 270, 365], size=count, p=[0.15, 0.45, 0.2, 0.2])
    return Tanks(
        x=x,
        y=y,
        office=office,
        community=np.zeros(count, dtype=np.int64),
        codes=("",) * count,
        labels=("",) * count,
        addresses=tuple(roads.names[e] for e in edge.tolist()),
        volume_m3=volume,
        area_m2=area,
        outlet_m=outlet,
        cover_m=cover,
        rise_m_day=np.round(rise, 4),
        households=np.maximum(1, np.round(litres / PERSONS_PER_HOUSEHOLD)).astype(np.int64),
        types=tuple(TYPES[k] for k in kinds.tolist()),
        lids=tuple(str(v) for v in rng.choice(names.LIDS, size=count)),
        gas_notes=tuple(str(v) for v in rng.choice(names.GAS_NOTES, size=count)),
        access_width_m=width,
        hose_distance_m=np.round(rng.gamma(3.0, 4.0, count).clip(3.0, 38.0), 0),
        low_lying=rng.random(count) < 0.18,
        desludged_days_ago=np.floor(rng.beta(1.3, 1.6, count) * interval * 1.1).astype(np.int64),
        interval_days=interval.astype(np.int64),
    )


def _spots(
    count: int,
    roads: Streets,
    centres: Sequence[tuple[float, float]],
    weights: Sequence[float],
    rng: np.random.Generator,
) -> tuple[Floats, Floats, Ints]:
    """Points 10 to 40 m beside a street, and the street each lies on."""
    mid_x = (roads.x[roads.tail] + roads.x[roads.head]) / 2
    mid_y = (roads.y[roads.tail] + roads.y[roads.head]) / 2
    nearest = np.argmin([np.hypot(mid_x - a, mid_y - b) for a, b in centres], axis=0)
    lived = np.array([LIVED_ON[c] for c in roads.classes])
    dense = np.array([urban_density(a, b) for a, b in zip(mid_x, mid_y, strict=True)])
    wish = roads.length_m * lived * np.asarray(weights)[nearest] * (0.15 + dense) ** 1.5
    edge = rng.choice(len(wish), size=count, p=wish / wish.sum()).astype(np.int64)
    along = rng.uniform(0.1, 0.9, count)
    tail, head = roads.tail[edge], roads.head[edge]
    dx, dy = roads.x[head] - roads.x[tail], roads.y[head] - roads.y[tail]
    span = np.maximum(np.hypot(dx, dy), 1.0)
    off = rng.uniform(10.0, 40.0, count) * rng.choice([-1.0, 1.0], count)
    x = roads.x[tail] + along * dx - off * dy / span
    y = roads.y[tail] + along * dy + off * dx / span
    return np.round(x, 1), np.round(y, 1), edge
