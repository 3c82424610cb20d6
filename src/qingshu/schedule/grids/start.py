"""A good partition to start from: merge the lightest neighbours, then trade at the borders."""

from __future__ import annotations

import numpy as np

from qingshu.schedule.grids.model import Town

STEPS = 12_000
# Price of one per mille of the mean load off the mean, and of a kilometre to the centre.
OFF, KM, UNIT = 20, 100, 1000
# Evens out grids besides the worst one, so that trades have a slope to follow.
_EVEN = 1.0


class Trade:
    """Offices in grids; one office at a time crosses a border."""

    def __init__(self, town: Town, count: int, rng: np.random.Generator) -> None:
        self.near = town.neighbours()
        self.load = [office.load for office in town.offices]
        self.mean = sum(self.load) / count
        at = np.array([[o.x_km, o.y_km] for o in town.offices])
        self.far = KM * np.sqrt(((at[:, None] - at[None, :]) ** 2).sum(axis=2))
        self.rng = rng
        self.members = self._merged(count)
        self.grid = [0] * len(self.load)
        for number, members in enumerate(self.members):
            for one in members:
                self.grid[one] = number
        self.total = [sum(self.load[i] for i in m) for m in self.members]
        self.spread = [self._spread(m) for m in self.members]

    def _merged(self, count: int) -> list[set[int]]:
        grids = [{i} for i in range(len(self.load))]
        while len(grids) > count:
            grids.sort(key=lambda members: sum(self.load[i] for i in members))
            a, b = next(
                (a, b)
                for a, one in enumerate(grids)
                for b, two in enumerate(grids)
                if a != b and any(j in two for i in one for j in self.near[i])
            )
            grids[a] |= grids[b]
            del grids[b]
        return grids

    def _spread(self, members: set[int]) -> float:
        own = list(members)
        return float(self.far[np.ix_(own, own)].sum(axis=0).min())

    def _score(self, total: list[float], spread: list[float]) -> tuple[float, float]:
        off = [abs(load - self.mean) / self.mean * UNIT for load in total]
        price = OFF * max(off) + sum(spread)
        return price, price + _EVEN * sum(off)

    def run(self, steps: int = STEPS) -> list[int]:
        """Trade with ever less tolerance; the best partition met."""
        price, guide = self._score(self.total, self.spread)
        best, kept = price, list(self.grid)
        heat = np.geomspace(0.05 * guide + 1.0, 1.0, steps)
        lots = self.rng.random((steps, 3))
        for step in range(steps):
            one = int(lots[step, 0] * len(self.grid))
            other = (
                self.near[one][int(lots[step, 1] * len(self.near[one]))] if self.near[one] else one
            )
            a, b = self.grid[one], self.grid[other]
            if a == b or not self._whole_without(one, a):
                continue
            total, spread = list(self.total), list(self.spread)
            total[a] -= self.load[one]
            total[b] += self.load[one]
            spread[a] = self._spread(self.members[a] - {one})
            spread[b] = self._spread(self.members[b] | {one})
            new_price, new_guide = self._score(total, spread)
            if new_guide - guide > -heat[step] * np.log(lots[step, 2] + 1e-300):
                continue
            self.members[a].remove(one)
            self.members[b].add(one)
            self.grid[one], self.total, self.spread = b, total, spread
            price, guide = new_price, new_guide
            if price < best:
                best, kept = price, list(self.grid)
        return kept

    def _whole_without(self, one: int, grid: int) -> bool:
        left = self.members[grid] - {one}
        if not left:
            return False
        edge = [next(iter(left))]
        seen = set(edge)
        while edge:
            for other in self.near[edge.pop()]:
                if other in left and other not in seen:
                    seen.add(other)
                    edge.append(other)
        return len(seen) == len(left)


def start_of(town: Town, count: int, seed: int = 1) -> list[int]:
    """The best of three runs: for each office its grid's number."""
    runs = [Trade(town, count, np.random.default_rng([seed, k])) for k in range(3)]
    found = [(run.run(), run) for run in runs]
    return min(found, key=lambda pair: price_of(town, count, pair[0]))[0]


def price_of(town: Town, count: int, grid_of: list[int]) -> float:
    """What CP-SAT minimises, for any partition."""
    mean = sum(office.load for office in town.offices) / count
    at = np.array([[o.x_km, o.y_km] for o in town.offices])
    far = KM * np.sqrt(((at[:, None] - at[None, :]) ** 2).sum(axis=2))
    worst = total = 0.0
    for grid in set(grid_of):
        own = [i for i, g in enumerate(grid_of) if g == grid]
        load = sum(town.offices[i].load for i in own)
        worst = max(worst, abs(load - mean) / mean * UNIT)
        total += float(far[np.ix_(own, own)].sum(axis=0).min())
    return OFF * worst + total
