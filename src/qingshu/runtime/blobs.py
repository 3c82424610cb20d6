"""Photos and scans: files named by the SHA-256 of their content."""

from __future__ import annotations

import hashlib
import os
import threading
from contextlib import suppress
from pathlib import Path

from qingshu.kernel.errors import NotFound, Unavailable

# About a block more than what a nearly full disk still gives away.
PROBE = bytes(64 * 1024)


class BlobStore:
    """Content-addressed files under one folder. Writing twice is harmless."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, content: bytes) -> str:
        """Store durably; return the SHA-256 in hex."""
        digest = hashlib.sha256(content).hexdigest()
        path = self._path(digest)
        if path.exists():
            return digest
        draft = path.with_suffix(f".{os.getpid()}.{threading.get_ident()}.part")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            _write_durably(draft, path, content)
        except OSError as error:
            with suppress(OSError):
                draft.unlink(missing_ok=True)
            msg = (
                f"Expected to store a file of {len(content)} bytes, got: {error.strerror}. "
                "It was not kept; free space on the disk and send it again."
            )
            raise Unavailable(msg, folder=str(self._folder)) from error
        return digest

    def probe(self) -> None:
        """Store and drop a small file.

        Raises
        ------
        Unavailable
            The folder takes no files now.
        """
        self._path(self.put(PROBE)).unlink(missing_ok=True)

    def get(self, digest: str) -> bytes:
        """The content again."""
        path = self._path(digest)
        if not path.is_file():
            msg = f"Expected a stored file with hash {digest}, found none."
            raise NotFound(msg)
        return path.read_bytes()

    def _path(self, digest: str) -> Path:
        if len(digest) != 64 or not all(c in "0123456789abcdef" for c in digest):
            msg = f"Expected 64 hex characters, got {digest!r}."
            raise NotFound(msg)
        return self._folder / digest[:2] / digest


def _write_durably(draft: Path, path: Path, content: bytes) -> None:
    with draft.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)
