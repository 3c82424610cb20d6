"""Frames out of a stream: split, joined, escaped, with junk, at any cut."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from qingshu.wire.jt808 import Junk, Splitter
from qingshu.wire.jt808.frame import MAX_FRAME, escape, seal, unescape, verified

CONTENTS = st.lists(st.binary(min_size=12, max_size=60), min_size=1, max_size=5)


@given(st.binary())
def test_unescape_when_escaped_then_same_bytes(data: bytes) -> None:
    """Escapes are undone exactly, and no flag is left inside."""
    assert unescape(escape(data)) == data
    assert b"\x7e" not in escape(data)


@given(CONTENTS, st.data())
def test_splitter_when_stream_is_cut_anywhere_then_same_frames(
    contents: list[bytes], data: st.DataObject
) -> None:
    """TCP may cut and join frames as it likes."""
    stream = b"".join(seal(c) for c in contents)
    splitter, found = Splitter(), []
    while stream:
        size = data.draw(st.integers(1, len(stream)))
        found += splitter.feed(stream[:size])
        stream = stream[size:]
    assert [verified(unescape(f))[0] for f in found if isinstance(f, bytes)] == contents
    assert splitter.close() == []


def test_splitter_when_frames_share_a_flag_then_both_come() -> None:
    """Some terminals send one 7E between two frames."""
    assert Splitter().feed(b"~aa~bb~") == [b"aa", b"bb"]


def test_splitter_when_junk_comes_first_then_it_is_handed_out() -> None:
    """Junk before the first flag is kept for inspection and costs no frame."""
    assert Splitter().feed(b"$$~aa~") == [Junk(b"$$", "no_frame"), b"aa"]


def test_splitter_when_no_flag_comes_then_memory_stays_bounded() -> None:
    """A stream without flags is thrown out in pieces, with a code."""
    splitter = Splitter()
    found = []
    for _ in range(20):
        found += splitter.feed(b"x" * 1000)
        assert splitter.pending <= MAX_FRAME
    assert {f.code for f in found if isinstance(f, Junk)} == {"frame_too_long"}
    assert splitter.feed(b"x~aa~")[-1] == b"aa"


def test_splitter_when_stream_ends_inside_a_frame_then_truncated() -> None:
    """What the connection left unfinished is named."""
    splitter = Splitter()
    splitter.feed(b"~aa")
    assert splitter.close() == [Junk(b"aa", "truncated")]
