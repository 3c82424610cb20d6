"""Use cases of the warn room: load, decide, save and emit in one transaction."""

from qingshu.warn.service.comms import sweep_comms
from qingshu.warn.service.people import acknowledge, escalate, realarm
from qingshu.warn.service.process import apply
from qingshu.warn.service.reads import alarm, alarms_of_tank, recent_alarms, standing_alarms
from qingshu.warn.service.suppression import (
    expire_shelf,
    lift_by_design,
    out_of_service,
    return_to_service,
    shelve,
    suppress_by_design,
    unshelve,
)

__all__ = [
    "acknowledge",
    "alarm",
    "alarms_of_tank",
    "apply",
    "escalate",
    "expire_shelf",
    "lift_by_design",
    "out_of_service",
    "realarm",
    "recent_alarms",
    "return_to_service",
    "shelve",
    "standing_alarms",
    "suppress_by_design",
    "sweep_comms",
    "unshelve",
]
