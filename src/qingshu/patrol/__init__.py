"""Rounds by people: where to look, and what was found."""
