"""Values and errors of grid design."""

from __future__ import annotations

from dataclasses import dataclass

from qingshu.kernel.errors import InvalidInput, Unavailable


class OfficesNotUsable(InvalidInput):
    """The offices' file has a fault; the message names the row and what to do."""

    code = "offices_not_usable"


class GridsNotPossible(InvalidInput):
    """No such partition exists: more grids than offices, or parts that do not touch."""

    code = "grids_not_possible"


class SolverMissing(Unavailable):
    """The solver is not installed, or found no partition in the time given."""

    code = "solver_missing"


@dataclass(frozen=True, slots=True)
class Office:
    """One office: load in any unit at least 0, place in kilometres, grid where it has one."""

    code: str
    name: str
    load: float
    x_km: float
    y_km: float
    grid: str = ""


@dataclass(frozen=True, slots=True)
class Town:
    """Offices and which touch, as pairs of indices; ``adjacency`` says where from."""

    offices: tuple[Office, ...]
    touching: tuple[tuple[int, int], ...]
    adjacency: str

    def neighbours(self) -> list[list[int]]:
        """For each office the ones it touches."""
        found: list[list[int]] = [[] for _ in self.offices]
        for i, j in self.touching:
            found[i].append(j)
            found[j].append(i)
        return found


@dataclass(frozen=True, slots=True)
class Design:
    """A partition: for each office its grid's number, and how well it is known to be."""

    grid_of: tuple[int, ...]
    proven: bool
    bound: float | None
    cost: float
    seconds: float
