"""Instants: parsing, refusing, round trips."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qingshu.kernel.errors import InvalidInput
from qingshu.kernel.instants import from_ms, iso, local, parse_instant, to_ms


@given(st.integers(-62_135_596_800_000, 253_402_300_799_999))
def test_ms_when_stored_and_read_then_same(ms: int) -> None:
    """Every millisecond of the calendar survives storage."""
    assert to_ms(from_ms(ms)) == ms


@given(st.datetimes(timezones=st.just(UTC)).map(lambda d: d.replace(microsecond=0)))
def test_iso_when_parsed_then_same(instant: datetime) -> None:
    """What the API prints it also reads."""
    assert parse_instant(iso(instant)) == instant


@pytest.mark.parametrize("text", ["", "yesterday", "2026-11-24T14:32:00", "1e400", "nan"])
def test_parse_when_not_an_instant_then_refused(text: str) -> None:
    """A time without a zone is refused: nobody can say when it was."""
    with pytest.raises(InvalidInput):
        parse_instant(text)


def test_local_when_in_jinan_then_eight_hours_ahead() -> None:
    """The station's wall clock is the only local time."""
    assert local(datetime(2026, 11, 24, 18, tzinfo=UTC)).day == 25
    assert local(from_ms(0)).utcoffset() == timedelta(hours=8)
