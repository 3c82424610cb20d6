"""The life cycle of a job as one literal table."""

from __future__ import annotations

from qingshu.fieldwork.model import JobCommand, JobState
from qingshu.kernel.lifecycle import Table, commands_from

_S, _C = JobState, JobCommand

# The only arrow into PUMPING leaves GAS_CLEARED, and the only arrow into GAS_CLEARED is
# the one that a passed gas test follows. Whatever brings a crew back to the manhole
# (unblocking, a second load) leads to ARRIVED, before the gate.
CYCLE: Table[JobState, JobCommand] = {
    (_S.PLANNED, _C.OFFER): _S.OFFERED,
    (_S.PLANNED, _C.CANCEL): _S.CANCELLED,
    (_S.OFFERED, _C.ACCEPT): _S.ACCEPTED,
    (_S.OFFERED, _C.HAND_OVER): _S.HANDED_OVER,
    (_S.OFFERED, _C.CANCEL): _S.CANCELLED,
    (_S.ACCEPTED, _C.DEPART): _S.EN_ROUTE,
    (_S.ACCEPTED, _C.ARRIVE): _S.ARRIVED,
    (_S.ACCEPTED, _C.BLOCK): _S.BLOCKED,
    (_S.ACCEPTED, _C.HAND_OVER): _S.HANDED_OVER,
    (_S.ACCEPTED, _C.CANCEL): _S.CANCELLED,
    (_S.EN_ROUTE, _C.ARRIVE): _S.ARRIVED,
    (_S.EN_ROUTE, _C.BLOCK): _S.BLOCKED,
    (_S.EN_ROUTE, _C.HAND_OVER): _S.HANDED_OVER,
    (_S.EN_ROUTE, _C.CANCEL): _S.CANCELLED,
    (_S.ARRIVED, _C.CLEAR_GAS): _S.GAS_CLEARED,
    (_S.ARRIVED, _C.BLOCK): _S.BLOCKED,
    (_S.ARRIVED, _C.HAND_OVER): _S.HANDED_OVER,
    (_S.ARRIVED, _C.CANCEL): _S.CANCELLED,
    (_S.GAS_CLEARED, _C.CLEAR_GAS): _S.GAS_CLEARED,
    (_S.GAS_CLEARED, _C.LOCK_GAS): _S.ARRIVED,
    (_S.GAS_CLEARED, _C.START_PUMPING): _S.PUMPING,
    (_S.GAS_CLEARED, _C.BLOCK): _S.BLOCKED,
    (_S.GAS_CLEARED, _C.HAND_OVER): _S.HANDED_OVER,
    (_S.GAS_CLEARED, _C.CANCEL): _S.CANCELLED,
    (_S.PUMPING, _C.LOCK_GAS): _S.ARRIVED,
    (_S.PUMPING, _C.FINISH_PUMPING): _S.PUMPED,
    (_S.PUMPING, _C.BLOCK): _S.BLOCKED,
    (_S.PUMPED, _C.DISPOSE): _S.DISPOSED,
    (_S.PUMPED, _C.FINISH): _S.FINISHED,
    (_S.PUMPED, _C.BLOCK): _S.BLOCKED,
    (_S.DISPOSED, _C.DISPOSE): _S.DISPOSED,
    (_S.DISPOSED, _C.ARRIVE): _S.ARRIVED,
    (_S.DISPOSED, _C.FINISH): _S.FINISHED,
    (_S.BLOCKED, _C.UNBLOCK_ROAD): _S.ACCEPTED,
    (_S.BLOCKED, _C.UNBLOCK_SITE): _S.ARRIVED,
    (_S.BLOCKED, _C.UNBLOCK_PUMPED): _S.PUMPED,
    (_S.BLOCKED, _C.HAND_OVER): _S.HANDED_OVER,
    (_S.BLOCKED, _C.CANCEL): _S.CANCELLED,
    (_S.FINISHED, _C.CHECK): _S.CHECKED,
}

_UNBLOCK = {
    JobState.ACCEPTED: JobCommand.UNBLOCK_ROAD,
    JobState.EN_ROUTE: JobCommand.UNBLOCK_ROAD,
    JobState.PUMPED: JobCommand.UNBLOCK_PUMPED,
    JobState.DISPOSED: JobCommand.UNBLOCK_PUMPED,
}
_HIDDEN = frozenset({"offer", "clear-gas", "lock-gas", "check", "dispose"})


def unblock_command(blocked_from: str) -> JobCommand:
    """The arrow that leads back from BLOCKED.

    >>> unblock_command("pumping")
    <JobCommand.UNBLOCK_SITE: 'unblock-site'>
    """
    return _UNBLOCK.get(JobState(blocked_from), JobCommand.UNBLOCK_SITE)


def offered_commands(state: JobState) -> list[str]:
    """What a crew can press in ``state``, in the words of the HTTP API.

    >>> offered_commands(JobState.GAS_CLEARED)
    ['start-pumping', 'block', 'hand-over', 'cancel', 'gas']
    """
    words = [c for c in commands_from(CYCLE, state) if c not in _HIDDEN]
    if state is JobState.BLOCKED:
        words = ["unblock", *(w for w in words if not w.startswith("unblock"))]
    if takes_gas_tests(state):
        words.append("gas")
    return words


def takes_gas_tests(state: JobState) -> bool:
    """Whether a gas test makes sense now: on site, up to the end of pumping."""
    return state in (JobState.ARRIVED, JobState.GAS_CLEARED, JobState.PUMPING)


_ON_SITE = frozenset(
    {
        JobState.ARRIVED, JobState.GAS_CLEARED, JobState.PUMPING, JobState.PUMPED,
        JobState.DISPOSED,
    }
)  # fmt: skip
_PHASES = {
    "on_site": _ON_SITE,
    "pumping": frozenset({JobState.PUMPING, JobState.PUMPED, JobState.DISPOSED}),
    "pumped": frozenset({JobState.PUMPED, JobState.DISPOSED}),
}


def is_in_phase(state: JobState, phase: str) -> bool:
    """Whether a step of ``phase`` can be done in ``state``.

    >>> is_in_phase(JobState.EN_ROUTE, "on_site")
    False
    """
    return state in _PHASES[phase]
