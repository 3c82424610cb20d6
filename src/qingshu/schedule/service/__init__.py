"""Use cases of the schedule room."""

from qingshu.schedule.service.campaigns import campaigns, make_campaign, propose_campaign
from qingshu.schedule.service.dates import (
    due,
    last_desludged,
    record_desludged,
    record_trouble,
)
from qingshu.schedule.service.view import grid_weeks, week_of, year_figures
from qingshu.schedule.service.year import ask_plan, fail_plan, make_plan, move_visits, plan_of

__all__ = [
    "ask_plan",
    "campaigns",
    "due",
    "fail_plan",
    "grid_weeks",
    "last_desludged",
    "make_campaign",
    "make_plan",
    "move_visits",
    "plan_of",
    "propose_campaign",
    "record_desludged",
    "record_trouble",
    "week_of",
    "year_figures",
]
