"""Messages between the door and the commit, and what became of them."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Pending:
    """Messages that wait for a commit, in order of arrival."""

    topics: list[bytes] = field(default_factory=list)
    payloads: list[bytes] = field(default_factory=list)
    tokens: list[int] = field(default_factory=list)
    received_ms: list[int] = field(default_factory=list)
    too_long: dict[int, int] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.topics)

    def extend(self, more: Pending) -> None:
        """Put more messages behind these."""
        base = len(self.topics)
        self.topics += more.topics
        self.payloads += more.payloads
        self.tokens += more.tokens
        self.received_ms += more.received_ms
        self.too_long.update({base + at: size for at, size in more.too_long.items()})


@dataclass(slots=True)
class Totals:
    """What this process has done since it started."""

    messages: int = 0
    stored: int = 0
    late: int = 0
    duplicates: int = 0
    refused: int = 0
