"""Pure decisions of the schedule room."""

from qingshu.schedule.rules.due import due_date, due_of, latest

__all__ = ["due_date", "due_of", "latest"]
