"""Scenarios are read to the letter; whatever is wrong is named with its place."""

from __future__ import annotations

import json
import math
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qingshu.dispatch.plan.errors import PlanUnreadable, ScenarioBroken
from qingshu.dispatch.plan.reading import read_plan, read_scenario, scenario_of
from tests.dispatch.plan.days import Raw, line_day

JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=10,
)


def test_scenario_when_in_its_format_then_read_whole() -> None:
    """Every field arrives; a missing class list means any truck."""
    day = line_day()
    del day["jobs"][0]["classes"]
    found = read_scenario(json.dumps(day))
    assert (len(found.trucks), len(found.plants), len(found.jobs)) == (2, 1, 4)
    assert found.trucks[1].truck_class == "12"
    assert found.jobs[0].classes == frozenset()
    assert found.plants[0].closes_s == 20_000


@pytest.mark.parametrize("far", [None, float("inf"), 1e9, 10**400])
def test_matrix_when_null_infinite_or_huge_then_no_way(far: float | None) -> None:
    """The three ways of writing that there is no way mean the same."""
    day = line_day()
    day["travel_s"][0][5] = far
    assert scenario_of(day).travel_s[0][5] == math.inf


BREAKS: list[tuple[str, Callable[[Raw], object]]] = [
    ("travel_s[1]", lambda d: d["travel_s"][1].pop()),
    ("travel_s[1]", lambda d: d["travel_s"].__setitem__(1, 7)),
    ("travel_s[2][3]", lambda d: d["travel_s"][2].__setitem__(3, -1)),
    ("travel_s[2][3]", lambda d: d["travel_s"][2].__setitem__(3, float("nan"))),
    ("travel_s[2][3]", lambda d: d["travel_s"][2].__setitem__(3, "far")),
    ("travel_s", lambda d: d.pop("travel_s")),
    ("trucks[0].node", lambda d: d["trucks"][0].update(node=6)),
    ("trucks[0].yard_node", lambda d: d["trucks"][0].update(yard_node=-1)),
    ("trucks[0].load_m3", lambda d: d["trucks"][0].update(load_m3=5.1)),
    ("trucks[0].capacity_m3", lambda d: d["trucks"][0].update(capacity_m3=-5)),
    ("trucks[0].id", lambda d: d["trucks"][0].pop("id")),
    ("trucks", lambda d: d["trucks"].append(d["trucks"][0])),
    ("trucks", lambda d: d.update(trucks={})),
    ("jobs", lambda d: d["jobs"].append(d["jobs"][0])),
    ("jobs[0].service_s", lambda d: d["jobs"][0].update(service_s=-1)),
    ("jobs[0].volume_m3", lambda d: d["jobs"][0].update(volume_m3="much")),
    ("jobs[0].window_s", lambda d: d["jobs"][0].update(window_s=[1])),
    ("jobs[0].kind", lambda d: d["jobs"][0].update(kind="soon")),
    ("jobs[0].prize", lambda d: d["jobs"][0].update(prize=float("inf"))),
    ("jobs", lambda d: d["jobs"][0].update(truck="nobody")),
    ("plants[0].unload_s", lambda d: d["plants"][0].update(unload_s=-1)),
    ("plants[0].node", lambda d: d["plants"][0].update(node=1.5)),
]


IDS = [f"{name}-{at}" for at, (name, _) in enumerate(BREAKS)]


@pytest.mark.parametrize(("place", "broken"), BREAKS, ids=IDS)
def test_scenario_when_broken_then_its_place_is_named(
    place: str, broken: Callable[[Raw], object]
) -> None:  # fmt: skip
    """One error class, one sentence, the place in the file."""
    day = line_day()
    broken(day)
    with pytest.raises(ScenarioBroken) as caught:
        scenario_of(day)
    assert caught.value.fields["place"] == place


@given(JSON)
def test_scenario_when_any_json_then_read_or_refused(raw: object) -> None:
    """Nothing but the typed error comes out of the reader."""
    for key in ("", "travel_s", "trucks", "jobs", "plants"):
        day: object = line_day() | {key: raw} if key else raw
        try:
            scenario_of(day)
        except ScenarioBroken:
            continue


@given(JSON)
def test_plan_when_any_json_then_read_or_refused(raw: object) -> None:
    """The same for plans."""
    for body in (raw, {"routes": raw, "cost": 1}, {"routes": {"a": raw}, "cost": 1}):
        try:
            read_plan(json.dumps(body))
        except PlanUnreadable:
            continue
