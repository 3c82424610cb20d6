"""When a spot gets a dossier, how the dossier moves, how cases are counted."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from qingshu.kernel.lifecycle import Table
from qingshu.learn.model import (
    Case,
    Commitment,
    CommitmentCommand,
    CommitmentState,
    DossierCommand,
    DossierState,
    Tally,
)
from qingshu.learn.params import LearnParams

_S, _C = DossierState, DossierCommand
CYCLE: Table[DossierState, DossierCommand] = {
    (_S.OPENED, _C.DIAGNOSE): _S.DIAGNOSED,
    (_S.DIAGNOSED, _C.DIAGNOSE): _S.DIAGNOSED,
    (_S.DIAGNOSED, _C.AGREE): _S.MEASURE_AGREED,
    (_S.MEASURE_AGREED, _C.DIAGNOSE): _S.DIAGNOSED,
    (_S.MEASURE_AGREED, _C.COMPLETE): _S.MEASURE_DONE,
    (_S.MEASURE_DONE, _C.WATCH): _S.WATCHING,
    (_S.MEASURE_DONE, _C.RELAPSE): _S.RELAPSED,
    (_S.WATCHING, _C.HOLD): _S.HELD,
    (_S.WATCHING, _C.RELAPSE): _S.RELAPSED,
    (_S.HELD, _C.RELAPSE): _S.RELAPSED,
    (_S.RELAPSED, _C.DIAGNOSE): _S.DIAGNOSED,
}

_P, _PC = CommitmentState, CommitmentCommand
# Whoever promised says it is done; somebody else accepts that. An end can be reopened.
PROMISE: Table[CommitmentState, CommitmentCommand] = {
    (_P.OPEN, _PC.START): _P.RUNNING,
    (_P.OPEN, _PC.REPORT): _P.REPORTED,
    (_P.OPEN, _PC.WITHDRAW): _P.WITHDRAWN,
    (_P.RUNNING, _PC.REPORT): _P.REPORTED,
    (_P.RUNNING, _PC.WITHDRAW): _P.WITHDRAWN,
    (_P.REPORTED, _PC.ACCEPT): _P.DONE,
    (_P.REPORTED, _PC.REFUSE): _P.RUNNING,
    (_P.DONE, _PC.REOPEN): _P.RUNNING,
    (_P.WITHDRAWN, _PC.REOPEN): _P.OPEN,
}
UNFINISHED = (_P.OPEN, _P.RUNNING, _P.REPORTED)


def is_late(commitment: Commitment, today: date) -> bool:
    """Whether the promised day has passed and nobody accepted the work."""
    return commitment.state in UNFINISHED and today > commitment.due_on


def next_look(due_on: date, level: int, params: LearnParams) -> date:
    """The day of the next reminder or escalation of an unfinished commitment.

    Level 0 waits for the reminder before the due day, 1 for the first late day, 2 and
    later for ``commitment_step_days`` more each.

    >>> next_look(date(2026, 11, 20), 0, LearnParams())
    datetime.date(2026, 11, 17)
    """
    if level == 0:
        return due_on - timedelta(days=params.commitment_remind_days)
    return due_on + timedelta(days=1 + (level - 1) * params.commitment_step_days)


def opens(incidents: int, needed: int) -> bool:
    """Whether so many incidents in the period are a difficult spot.

    >>> opens(3, 3)
    True
    """
    return incidents >= needed


def relapses(state: DossierState) -> bool:
    """Whether a new incident in ``state`` shows that the measure did not hold."""
    return (state, DossierCommand.RELAPSE) in CYCLE


def tally(cases: Iterable[Case]) -> list[Tally]:
    """One tally a key, most incidents first.

    >>> one = Case("A", 2, 1, True, True, False, True, None)
    >>> tally([one, one])[0].solved_n
    2
    """
    groups: dict[str, list[Case]] = {}
    for case in cases:
        groups.setdefault(case.key, []).append(case)
    counted = [total(key, group) for key, group in groups.items()]
    return sorted(counted, key=lambda t: (-t.incidents, t.key))


def total(key: str, cases: list[Case]) -> Tally:
    """Count one group."""
    return Tally(
        key=key,
        incidents=len(cases),
        reports=sum(c.reports for c in cases),
        callers=sum(c.callers for c in cases),
        closed=sum(c.closed for c in cases),
        proved=sum(c.proved for c in cases),
        recurrences=sum(c.recurrence for c in cases),
        solved_n=sum(c.solved is True for c in cases),
        solved_of=sum(c.solved is not None for c in cases),
        satisfied_n=sum(c.satisfied is True for c in cases),
        satisfied_of=sum(c.satisfied is not None for c in cases),
    )
