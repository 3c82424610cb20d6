"""What a day plan can be refused for."""

from __future__ import annotations

from qingshu.kernel.errors import Conflict, InvalidInput


class ScenarioBroken(InvalidInput):
    """The scenario breaks its format; the message names the place and what was expected."""

    code = "scenario_broken"


class PlanUnreadable(InvalidInput):
    """The plan is no plan in its format; whether it is a good one is the checker's matter."""

    code = "plan_unreadable"


class PlanBroken(Conflict):
    """The plan breaks a rule of its scenario; the message names the first broken rule."""

    code = "plan_broken"
