"""Split messages come together again, whatever the order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qingshu.kernel.errors import WireError
from qingshu.wire import jt808
from qingshu.wire.jt808.messages.batch import Batch
from qingshu.wire.jt808.messages.location import Location
from qingshu.wire.jt808.parts import MAX_OPEN

NOW = datetime(2026, 11, 24, 6, 32, tzinfo=UTC)
WHOLE = jt808.Message(
    jt808.Header(0x0704, "013800138000", 0xFFFE),
    Batch(1, tuple(Location(36.0, 117.0, NOW + timedelta(seconds=s)) for s in range(100))),
)
PARTS = [jt808.decode(frame) for frame in jt808.encode_split(WHOLE)]


@given(st.permutations(range(len(PARTS))))
def test_add_when_parts_come_in_any_order_then_one_whole_message(order: list[int]) -> None:
    """Only the last missing part yields the message, and it is the one that was split."""
    waiting = jt808.Reassembly()
    found = [waiting.add(PARTS[i], NOW) for i in order]
    assert found[:-1] == [None] * (len(PARTS) - 1)
    assert found[-1] == WHOLE
    assert waiting.open_count == 0


def test_add_when_a_part_comes_twice_then_counted_once() -> None:
    """A terminal that missed the answer sends a part again."""
    waiting = jt808.Reassembly()
    for part in [PARTS[0], PARTS[0], *PARTS[1:-1]]:
        assert waiting.add(part, NOW) is None
    assert waiting.add(PARTS[-1], NOW) == WHOLE


def test_add_when_never_finished_then_forgotten() -> None:
    """Unfinished messages cost neither time nor memory for ever."""
    waiting = jt808.Reassembly()
    for n in range(3 * MAX_OPEN):
        header = msgspec.structs.replace(PARTS[0].header, phone=f"{n:012d}")
        waiting.add(jt808.Message(header, PARTS[0].body), NOW + timedelta(seconds=n))
        assert waiting.open_count <= MAX_OPEN + 1
    waiting.add(PARTS[0], NOW + timedelta(hours=1))
    assert waiting.open_count == 1


def test_add_when_totals_differ_then_bad_part() -> None:
    """Parts that contradict each other are refused, not joined."""
    waiting = jt808.Reassembly()
    waiting.add(PARTS[0], NOW)
    part = jt808.Part(len(PARTS) + 1, 2)
    header = msgspec.structs.replace(PARTS[1].header, part=part)
    with pytest.raises(WireError) as caught:
        waiting.add(jt808.Message(header, PARTS[1].body), NOW)
    assert caught.value.code == "bad_part"
