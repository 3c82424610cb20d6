"""Grids are contiguous and even, bad files are told, a move shows its effect."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from qingshu.cli.grids import command
from qingshu.kernel.errors import QingshuError
from qingshu.schedule.grids.model import GridsNotPossible, OfficesNotUsable
from qingshu.schedule.grids.offices import read_offices
from qingshu.schedule.grids.partition import components, design
from qingshu.schedule.grids.report import crews_for, describe, floor_of, moved
from qingshu.schedule.grids.start import start_of

HEAD = "code,name,load,lat,lon"


def lattice(wide: int, high: int) -> bytes:
    """Offices on a lattice, equal loads."""
    rows = [
        f"O{x}{y},{x}-{y},10,{36.6 + 0.01 * y},{117.0 + 0.0125 * x}"
        for x in range(wide)
        for y in range(high)
    ]
    return "\n".join([HEAD, *rows]).encode()


def test_design_when_a_lattice_then_even_and_in_one_piece() -> None:
    """Twelve equal offices into four grids: three each."""
    town = read_offices(lattice(4, 3))
    found = design(town, 4, seconds=3.0, workers=1)
    told = describe(town, [str(g) for g in found.grid_of])
    assert told["largest_deviation"] == 0.0
    assert all(grid["contiguous"] for grid in told["grids"])


@settings(max_examples=10, deadline=None)
@given(st.integers(2, 5), st.integers(2, 4), st.data())
def test_start_when_any_town_then_all_grids_are_in_one_piece(
    wide: int, high: int, data: st.DataObject
) -> None:
    """Trades never break a grid nor empty one."""
    town = read_offices(lattice(wide, high))
    count = data.draw(st.integers(1, wide * high - 1))
    grid_of = start_of(town, count)
    assert len(set(grid_of)) == count
    for grid in set(grid_of):
        members = {i for i, g in enumerate(grid_of) if g == grid}
        assert len(components(town, members)) == 1


@given(st.lists(st.floats(0.1, 100), min_size=2, max_size=9), st.data())
def test_floor_when_offices_are_split_anyhow_then_never_beaten(
    loads: list[float], data: st.DataObject
) -> None:
    """No assignment, contiguous or not, deviates less than the floor."""
    count = data.draw(st.integers(1, len(loads)))
    grid_of = [*range(count)]
    grid_of += [data.draw(st.integers(0, count - 1)) for _ in loads[count:]]
    totals = [sum(v for v, g in zip(loads, grid_of, strict=True) if g == k) for k in range(count)]
    mean = sum(loads) / count
    worst = max(abs(total - mean) for total in totals)
    assert worst >= floor_of(loads, count) - 1e-6


@given(st.lists(st.floats(1, 100), min_size=1, max_size=6), st.integers(0, 20))
def test_crews_when_shared_out_then_all_used_and_none_bare(loads: list[float], more: int) -> None:
    """Every grid has a crew and every crew a grid."""
    given_ = crews_for(loads, len(loads) + more)
    assert sum(given_) == len(loads) + more
    assert min(given_) >= 1


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "offices below a line of heads"),
        (b"\x89PNG\x00\x01\n\xff\xfe", "found no code"),
        (b"code,lat,lon\nA,36,117", "found no load"),
        (f"{HEAD}\nA,a,x,36,117".encode(), "a number for load in row 2"),
        (f"{HEAD}\nA,a,nan,36,117".encode(), "a number for load in row 2"),
        (f"{HEAD}\nA,a,-1,36,117".encode(), "at least 0"),
        (f"{HEAD}\nA,a,1,36,117\nA,b,1,36,117".encode(), "each code once"),
        (f"{HEAD},adjacent\nA,a,1,36,117,Z".encode(), "neighbours that are offices"),
    ],
)
def test_read_offices_when_bad_then_told_where(body: bytes, words: str) -> None:
    """Every fault of the file is a typed error with a place."""
    with pytest.raises(OfficesNotUsable, match=words):
        read_offices(body)


@given(st.binary(max_size=300))
def test_read_offices_when_any_bytes_then_town_or_typed_error(body: bytes) -> None:
    """Nothing else ever leaves the reader."""
    with suppress(QingshuError):
        read_offices(body)


def test_design_when_not_possible_then_told() -> None:
    """More grids than offices, parts that do not touch, no load at all."""
    town = read_offices(lattice(2, 2))
    with pytest.raises(GridsNotPossible, match="1 to 4 grids"):
        design(town, 5)
    apart = f"{HEAD},adjacent\nA,a,1,36,117,B\nB,b,1,36,117.1,A\nC,c,1,37,118,".encode()
    with pytest.raises(GridsNotPossible, match="at least 2 grids"):
        design(read_offices(apart), 1)
    with pytest.raises(GridsNotPossible, match="load above 0"):
        design(read_offices(f"{HEAD}\nA,a,0,36,117\nB,b,0,36,117.1".encode()), 1)


def test_moved_when_the_last_office_leaves_then_refused() -> None:
    """A grid keeps an office; unknown names are told."""
    town = read_offices(lattice(2, 1))
    for office, grid in (("O00", "2"), ("zz", "2"), ("O00", "9")):
        with pytest.raises(GridsNotPossible):
            moved(town, ["1", "2"], office, grid)


def test_command_when_a_move_is_asked_then_before_and_after(tmp_path: Path) -> None:
    """With a grid column the file's own grids are before, and the move applies to them."""
    path = tmp_path / "offices.csv"
    rows = [f"O{k},o{k},10,36.6,{117 + 0.01 * k},{'A' if k < 2 else 'B'}" for k in range(4)]
    path.write_text("\n".join([f"{HEAD},grid", *rows]), encoding="utf-8")
    answer = CliRunner().invoke(
        command, ["design", "--offices", str(path), "--n", "2", "--move", "O2=A", "--json"]
    )
    assert answer.exit_code == 0, answer.output
    told = json.loads(answer.output)
    assert told["before"]["largest_deviation"] == 0.0
    assert told["moved"]["largest_deviation"] == 0.5
    assert told["moved"]["breaks"] == []
