"""Messages between the door and the commit, and what became of them."""

from __future__ import annotations

import threading
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

    def halves(self) -> tuple[Pending, Pending]:
        """The first and the second half."""
        cut = len(self.topics) // 2
        return self._part(0, cut), self._part(cut, len(self.topics))

    def _part(self, start: int, end: int) -> Pending:
        cut = slice(start, end)
        long = {at - start: size for at, size in self.too_long.items() if start <= at < end}
        return Pending(
            self.topics[cut], self.payloads[cut], self.tokens[cut], self.received_ms[cut], long
        )

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


class Backlog:
    """What waits for a commit; filled by one thread, emptied by another."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pending = Pending()

    def __len__(self) -> int:
        return len(self._pending)

    def put(self, more: Pending) -> None:
        """Add behind."""
        with self._lock:
            self._pending.extend(more)

    def take(self) -> Pending:
        """Take everything."""
        with self._lock:
            taken, self._pending = self._pending, Pending()
        return taken

    def give_back(self, taken: Pending) -> None:
        """Put what could not be committed in front again."""
        with self._lock:
            taken.extend(self._pending)
            self._pending = taken
