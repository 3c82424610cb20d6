"""The MQTT topics that devices publish to."""

from __future__ import annotations

TOPICS = ("qs/v1/+/reading", "qs/v1/+/frame")
