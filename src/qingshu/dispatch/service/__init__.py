"""Use cases of dispatch: rank, confirm, cancel, show the way and the streets."""

from __future__ import annotations

from qingshu.dispatch.service.confirming import (
    auto_dispatch,
    cancel,
    confirm,
    finish_for_job,
    let_go,
)
from qingshu.dispatch.service.day import scenario_now
from qingshu.dispatch.service.ranking import engine_for, params_of, rank, settle, situation
from qingshu.dispatch.service.reads import dispatches_of, drawing, ranking_as_json, route_to

__all__ = [
    "auto_dispatch",
    "cancel",
    "confirm",
    "dispatches_of",
    "drawing",
    "engine_for",
    "finish_for_job",
    "let_go",
    "params_of",
    "rank",
    "ranking_as_json",
    "route_to",
    "scenario_now",
    "settle",
    "situation",
]
