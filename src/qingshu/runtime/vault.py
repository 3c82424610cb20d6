"""People's names and phone numbers: encrypted at rest, masked in lists.

The key lies in ``DIR/secret.key`` (mode 600), never in the database, so a copy of the
database alone opens nothing. A keyed hash beside the ciphertext finds a phone number
again without decrypting every row.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from functools import lru_cache
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken

from qingshu.kernel.errors import Unavailable

KEY_FILE = "secret.key"


class Vault:
    """Seals and opens short texts with the workspace's key.

    >>> vault = Vault(Fernet.generate_key())
    >>> vault.open(vault.seal("13805310000"))
    '13805310000'
    """

    def __init__(self, key: bytes) -> None:
        self._fernet = Fernet(key)
        self._index_key = hashlib.sha256(b"index" + key).digest()

    def seal(self, text: str) -> str:
        """Ciphertext of ``text``; the empty text stays empty."""
        return self._fernet.encrypt(text.encode()).decode() if text else ""

    def open(self, sealed: str) -> str:
        """The text again.

        Raises
        ------
        Unavailable
            The key in the workspace is not the one that sealed it.
        """
        if not sealed:
            return ""
        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except InvalidToken as error:
            msg = f"Expected the key that sealed this text, {KEY_FILE} does not open it."
            raise Unavailable(msg) from error

    def fingerprint(self, text: str) -> str:
        """A keyed hash for equality search; the empty text has none."""
        if not text:
            return ""
        return hmac.new(self._index_key, text.encode(), hashlib.sha256).hexdigest()


def mask_phone(phone: str) -> str:
    """A phone number fit for a list.

    >>> mask_phone("13805310000")
    '138****0000'
    >>> mask_phone("5310")
    '****'
    """
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 8 else "****" if phone else ""


def mask_name(name: str) -> str:
    """A name fit for a list: the first character only.

    >>> mask_name("刘云香")
    '刘**'
    """
    return name[:1] + "*" * (len(name) - 1)


@lru_cache
def vault_of(directory: Path) -> Vault:
    """The workspace's vault; makes the key on first use."""
    path = directory / KEY_FILE
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return Vault(path.read_bytes())
    with os.fdopen(descriptor, "wb") as file:
        file.write(Fernet.generate_key())
    return Vault(path.read_bytes())
