"""The columnar frame: back and forth, cut, and noise."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qingshu.kernel.errors import WireError
from qingshu.wire.frame import MAGIC, BadFrame, decode_frame, encode_frame

ROWS = st.lists(
    st.tuples(
        st.integers(0, 2), st.integers(0, 10**9), st.integers(0, 255), st.floats(width=32)
    ),
    max_size=40,
)  # fmt: skip


@given(ROWS)
def test_frame_when_encoded_then_decodes_to_the_same(
    rows: list[tuple[int, int, int, float]],
) -> None:
    """decode(encode(rows)) gives the rows again, NaN included."""
    columns = [list(column) for column in zip(*rows, strict=True)] or [[], [], [], []]
    frame = decode_frame(encode_frame(["a", "裕园", ""], *columns))
    assert frame.codes == ("a", "裕园", "")
    assert frame.device.tolist() == columns[0]
    assert frame.measured_ms.tolist() == columns[1]
    assert frame.quantity.tolist() == columns[2]
    assert [repr(v) for v in frame.value.tolist()] == [repr(v) for v in columns[3]]


@given(st.binary(max_size=200), st.booleans())
def test_frame_when_noise_then_only_wire_errors(noise: bytes, with_magic: bool) -> None:
    """Random bytes, also behind the right magic, raise nothing but WireError."""
    with contextlib.suppress(WireError):
        decode_frame(MAGIC + noise if with_magic else noise)


@given(st.integers(0, 60), st.binary(min_size=1, max_size=4))
def test_frame_when_bytes_changed_then_only_wire_errors(at: int, noise: bytes) -> None:
    """A good frame with a few wrong bytes decodes or raises WireError."""
    good = encode_frame(["S1", "S2"], [0, 1], [10, 20], [1, 9], [1.0, 2.0])
    with contextlib.suppress(WireError):
        decode_frame(good[:at] + noise + good[at + len(noise) :])


def test_frame_when_cut_then_refused() -> None:
    """Every shorter or longer frame is refused."""
    good = encode_frame(["S1"], [0], [10], [1], [1.0])
    for wrong in [good[:n] for n in range(len(good))] + [good + b"\x00"]:
        with pytest.raises(BadFrame):
            decode_frame(wrong)
