"""Residents who see or smell it: when they call, how often, and what they say."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field

import numpy as np

from qingshu.kernel.instants import from_ms, local
from qingshu.twin.city import City
from qingshu.twin.names import person_name

FIRST_CALL_S = 12 * 60.0  # Nobody calls in the first minutes, seconds.
MEAN_DELAY_S = 35 * 60.0
GONE_M = 0.06  # Further below the cover than this, there is nothing to see or smell.
CALL_AGAIN_S = 5 * 3600.0
MAX_CALLERS = 4
CHANNELS = ("web", "hotline", "phone", "wechat")
CHANNEL_SHARES = (0.35, 0.35, 0.2, 0.1)
NIGHT_HOURS = (23, 6)

CLEAR = (
    "{place}化粪池满了，污水往外冒，味道很大，请尽快来清掏。",
    "{place}的化粪池外溢，粪水流到路上了，老人孩子都没法走。",
    "我是{place}的居民，楼下井盖往外冒脏水，已经半天了，麻烦派人处理。",
    "{place}下水返水，一楼马桶都冒出来了，急！",
    "反映{place}化粪池堵塞，污水横流，臭气熏天，物业说不归他们管。",
    "{place}附近井盖冒粪水，冲到停车位了，请清肥站来抽一下。",
)
VAGUE = (
    "{community}这边下水道返水，臭得不行，快来人看看。",
    "{community}院里污水流了一地，不知道是哪个井，求处理。",
    "{community}门口好大的臭味，是不是化粪池满了？",
    "我们{community}化粪池又冒了，上回刚抽过，怎么又堵了。",
)
AGAIN = (
    "{place}之前报过了，污水还在冒，到底什么时候来？",
    "再次反映{place}化粪池外溢，至今没人处理，请抓紧。",
)
ODOUR = (
    "{place}臭味很大，开不了窗，化粪池是不是快满了？",
    "{community}楼道里一股臭味，请检查一下化粪池。",
)


@dataclass(frozen=True, slots=True, order=True)
class Call:
    """One message a resident will send at ``at_s``."""

    at_s: float
    tank: int
    channel: str = field(compare=False)
    number: str = field(compare=False)
    text: str = field(compare=False)
    place: str = field(compare=False)
    name: str = field(compare=False)
    phone: str = field(compare=False)


@dataclass
class Residents:
    """Who will call about what; tanks that overflow are noticed once an outbreak."""

    rng: np.random.Generator
    waiting: list[Call] = field(default_factory=list)
    noticed: dict[int, float] = field(default_factory=dict)
    orders: int = 0

    def watch(self, city: City) -> None:
        """Look at the streets after a step."""
        spilling = set(np.flatnonzero(city.levels.overflowing).tolist())
        for tank in spilling - self.noticed.keys():
            self.noticed[tank] = city.now_s
            callers = 1 + min(
                MAX_CALLERS - 1, int(self.rng.poisson(city.world.tanks.households[tank] / 45))
            )
            for _ in range(callers):
                delay = FIRST_CALL_S + float(self.rng.exponential(MEAN_DELAY_S))
                self._plan(city, tank, city.now_s + delay, CLEAR if self._often() else VAGUE)
        for tank, since in list(self.noticed.items()):
            if tank not in spilling:
                del self.noticed[tank]
            elif city.now_s - since > CALL_AGAIN_S:
                self.noticed[tank] = city.now_s
                self._plan(city, tank, city.now_s + 60.0, AGAIN)
        self._smell(city)

    def due(self, city: City, now_s: float) -> Call | None:
        """The next message whose time has come; who sees it cleaned does not call."""
        while self.waiting and self.waiting[0].at_s <= now_s:
            call = heapq.heappop(self.waiting)
            left_m = float(city.levels.cover_m[call.tank] - city.levels.level_m[call.tank])
            if left_m < GONE_M:
                return call
        return None

    def _often(self) -> bool:
        return bool(self.rng.random() < 0.7)

    def _smell(self, city: City) -> None:
        near = np.flatnonzero(
            (city.levels.cover_m - city.levels.level_m < 0.04) & ~city.levels.overflowing
        )
        for tank in near.tolist():
            if self.rng.random() < 0.002:
                self._plan(city, tank, city.now_s + 600.0, ODOUR)

    def _plan(self, city: City, tank: int, at_s: float, texts: tuple[str, ...]) -> None:
        hour = int((at_s + 8 * 3600) % 86400 // 3600)
        night = hour >= NIGHT_HOURS[0] or hour < NIGHT_HOURS[1]
        if night and self.rng.random() < 0.6:  # Asleep: seen in the morning.
            at_s += float(self.rng.uniform(2.0, 7.0)) * 3600
        label = city.world.tanks.labels[tank]
        community = city.world.communities[int(city.world.tanks.community[tank])].name
        short = community.removesuffix("社区")
        place = label if self.rng.random() < 0.5 else label.replace(community, short)
        pattern = str(self.rng.choice(texts))
        channel = str(self.rng.choice(CHANNELS, p=CHANNEL_SHARES))
        number = ""
        if channel == "hotline":
            self.orders += 1
            day = local(from_ms(round(at_s * 1000)))
            number = f"JN{day:%y%m%d}{self.orders:05d}"
        heapq.heappush(
            self.waiting,
            Call(
                at_s, tank, channel, number, pattern.format(place=place, community=short),
                place if "{place}" in pattern else short,
                person_name(self.rng), f"199{int(self.rng.integers(10**8)):08d}",
            ),
        )  # fmt: skip
