"""The base of everything that goes into the event log."""

from __future__ import annotations

from typing import Any, ClassVar

import msgspec


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """A fact that changed business state; named in the past tense.

    A subclass sets ``kind`` (``"alarm.raised"``) and ``subject_kind`` (``"alarm"``) and
    carries at least ``subject_id``. All fields are plain JSON values: instants as ISO
    text, never people's names or phone numbers (those stay encrypted in their tables).

    Examples
    --------
    >>> class TankPainted(Event, frozen=True, kw_only=True):
    ...     kind: ClassVar[str] = "tank.painted"
    ...     subject_kind: ClassVar[str] = "tank"
    ...     colour: str
    >>> TankPainted(subject_id=7, colour="grey").payload()
    {'colour': 'grey'}
    """

    kind: ClassVar[str] = ""
    subject_kind: ClassVar[str] = ""

    subject_id: int

    def payload(self) -> dict[str, Any]:
        """The event's own fields as JSON values, without the subject."""
        fields: dict[str, Any] = msgspec.to_builtins(self)
        del fields["subject_id"]
        return fields
