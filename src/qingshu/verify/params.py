"""Tunable numbers of proof; override them in ``[params.verify]``."""

from __future__ import annotations

from dataclasses import dataclass

from qingshu.kernel.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class VerifyParams:
    """How much the level must fall, how often a resident is called.

    >>> VerifyParams().callback_tries
    3
    """

    # Metres the level must fall; twice the usual error of a level sensor, a setting.
    fall_m: float = 0.2
    # Hours before arrival and after pumping in which readings count.
    look_h: float = 6.0
    # Tries after which an unanswered call back counts as done; a setting.
    callback_tries: int = 3
    # Hours between two tries; a setting.
    callback_every_h: float = 4.0

    def __post_init__(self) -> None:
        if not (0 < self.fall_m < 10 and 0 < self.look_h <= 168):
            got = f"{self.fall_m}, {self.look_h}"
            msg = f"Expected fall_m in (0, 10) and look_h in (0, 168], got {got}."
            raise InvalidInput(msg, field="fall_m")
        if self.callback_tries < 1 or self.callback_every_h <= 0:
            msg = f"Expected at least one try, got {self.callback_tries}."
            raise InvalidInput(msg, field="callback_tries")
