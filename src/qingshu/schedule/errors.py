"""Errors of the schedule room."""

from __future__ import annotations

from qingshu.kernel.errors import Conflict, InvalidInput, NotFound


class DesludgingRefused(InvalidInput):
    """A desludging cannot be recorded: unknown tank, or a day to come."""

    code = "desludging_refused"


class YearPlanNotFound(NotFound):
    """There is no ready plan of this year."""

    code = "year_plan_not_found"


class PlanningUnderWay(Conflict):
    """A plan of this year is being made now."""

    code = "planning_under_way"


class CampaignNotValid(InvalidInput):
    """A campaign without tanks, name or a day to be done before."""

    code = "campaign_not_valid"


class CampaignNotFound(NotFound):
    """No campaign has this id."""

    code = "campaign_not_found"
