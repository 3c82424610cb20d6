"""What troubles a process now: a small board its services write and its heartbeat tells.

The board holds codes, so that doctor and screen can say the same thing in two languages.
"""

from __future__ import annotations

import threading

from qingshu.kernel.errors import Unavailable

DATABASE_AWAY = "database_away"
DATABASE_FULL = "database_full"
DATABASE_READ_ONLY = "database_read_only"
DATABASE_LOCKED = "database_locked"
BROKER_AWAY = "broker_away"
BROKER_STUCK = "broker_stuck"
CLOCK_BACK = "clock_back"
SILENT = "silent"

# Code → what to tell a person, Chinese and English.
WORDS: dict[str, tuple[str, str]] = {
    DATABASE_AWAY: (
        "数据库没有应答；新数据在设备和消息队列里等着",
        "the database does not answer; new data wait with devices and broker",
    ),
    DATABASE_FULL: (
        "数据库或磁盘满了；新数据在等，没有丢",
        "the database or its disk is full; new data wait and are kept",
    ),
    DATABASE_READ_ONLY: (
        "数据库只读，写不进；新数据在等",
        "the database is read-only; new data wait",
    ),
    DATABASE_LOCKED: (
        "别的程序长时间占着数据库；新数据在等",
        "another program holds the database; new data wait",
    ),
    BROKER_AWAY: (
        "连不上消息队列；液位读数暂时收不到，恢复后自动补上",
        "the message broker is away; level readings follow once it is back",
    ),
    BROKER_STUCK: (
        "消息队列连着但不收消息（多半是磁盘满）；设备会重发，腾出空间后自动恢复",
        "the message broker takes no messages (its disk may be full); devices send again and "
        "it recovers once there is space",
    ),
    CLOCK_BACK: (
        "服务器时钟倒退了；先后以序号为准",
        "the server's clock stepped back; order is kept by sequence",
    ),
    SILENT: ("进程没有动静", "the process gives no sign of life"),
}


def code_of(error: Unavailable) -> str:
    """The trouble behind an error.

    >>> code_of(Unavailable("Expected the database to answer, got: disk full.", trouble=SILENT))
    'silent'
    """
    return str(error.fields.get("trouble", DATABASE_AWAY))


def words(code: str) -> tuple[str, str]:
    """A code in Chinese and English; an unknown one is shown as it is.

    >>> words("silent")[1]
    'the process gives no sign of life'
    """
    return WORDS.get(code, (code, code))


class Board:
    """The troubles of this process, by who has them. Safe between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._codes: dict[str, str] = {}

    def put(self, who: str, code: str) -> None:
        """``who`` (a service of this process) is in trouble."""
        with self._lock:
            self._codes[who] = code

    def clear(self, who: str) -> None:
        """``who`` goes on."""
        with self._lock:
            self._codes.pop(who, None)

    def of(self, who: str) -> str | None:
        """What ``who`` has."""
        return self._codes.get(who)

    def codes(self, without: str = "") -> list[str]:
        """Every trouble once, in alphabetical order; ``without`` names one not to ask."""
        with self._lock:
            return sorted({code for who, code in self._codes.items() if who != without})
