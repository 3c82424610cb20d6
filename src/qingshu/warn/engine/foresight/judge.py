"""From probability and hours left to a grade, against the hours a truck needs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qingshu.warn.engine.contract import Array
from qingshu.warn.engine.foresight.artefact import Learned
from qingshu.warn.params import WarnParams


@dataclass(frozen=True, slots=True)
class Outlook:
    """Forecast of one suspicious tank each: 10, 50, 90 % hours and probabilities."""

    left_h: Array
    within2: Array
    within6: Array
    within24: Array


def outlook(learned: Learned, rows: Array) -> Outlook:
    """Hours to overflow and its probability within 2, 6 and 24 hours, never crossing."""
    two = learned.probability(rows, 2)
    six = np.maximum(learned.probability(rows, 6), two)
    day = np.maximum(learned.probability(rows, 24), six)
    return Outlook(learned.left(rows), two, six, day)


def grades(seen: Outlook, full: Array, widened: float, params: WarnParams) -> Array:
    """Severity 1 blue to 4 red; ``widened`` above 1 makes a standing grade hold longer.

    Red: the level stands at the cover (``full``), or the middle estimate is shorter than a
    truck needs, or overflow within 2 h is likelier than not. Orange and yellow: the same
    with more time.
    """
    middle = seen.left_h[:, 1]
    sure = params.grade_probability / widened
    reach = params.response_h * widened
    red = full | (middle <= reach) | (seen.within2 >= sure)
    orange = (middle <= reach * params.orange_responses) | (seen.within6 >= sure)
    yellow = (middle <= reach * params.yellow_responses) | (seen.within24 >= sure)
    found = np.where(red, 4, np.where(orange, 3, np.where(yellow, 2, 1)))
    return found.astype(np.uint8)
