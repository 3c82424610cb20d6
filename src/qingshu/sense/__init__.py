"""Readings in: decoded, judged, stored once, shown as tank states."""
