"""Judges plans, whoever made them; shares no code with the side that makes them."""

from __future__ import annotations

from qingshu.dispatch.plan.checker.judge import Broken, Rule, Verdict, check, require

__all__ = ["Broken", "Rule", "Verdict", "check", "require"]
