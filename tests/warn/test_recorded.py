"""The first rule on recorded water: every overflow is alarmed, dry ground never is."""

from __future__ import annotations

from bench.quality import first_rule

from tests.conftest import need


def test_sewer_overflow_record_then_every_overflow_alarmed() -> None:
    """48 days at 2 minutes with gaps: all ten overflows, no more alarms than episodes."""
    need(first_rule.shared().exists(), "shared data")
    found = first_rule.figures(first_rule.overflow2min())
    assert found["readings"] == 30575
    assert found["overflows_alarmed"] == found["overflows"] == 10
    assert found["level_alarms"] <= found["water_episodes"]
    assert found["level_alarms_on_dry_ground"] == 0


def test_street_flood_profiles_then_every_flood_alarmed_in_time() -> None:
    """Readings a minute apart, doubled and uneven: the flood is alarmed before its height."""
    need(first_rule.shared().exists(), "shared data")
    found = first_rule.figures(first_rule.floodnet()[1])
    assert found["overflows_alarmed_before"] == found["overflows"] == 1
    assert found["level_alarms_on_dry_ground"] == 0
