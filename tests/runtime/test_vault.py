"""Sealing people's data, and the photo store."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qingshu.kernel.errors import NotFound, Unavailable
from qingshu.runtime.blobs import BlobStore
from qingshu.runtime.vault import KEY_FILE, Vault, vault_of

KEY = b"x" * 43 + b"="


@given(st.text())
def test_vault_when_sealed_then_opens_to_the_same_text(text: str) -> None:
    """Any text survives, and the sealed form does not contain it."""
    vault = Vault(KEY)
    sealed = vault.seal(text)
    assert vault.open(sealed) == text
    if len(text) > 3:
        assert text not in sealed


def test_vault_when_key_is_lost_then_says_so(tmp_path: Path) -> None:
    """Another key opens nothing; the key file is for its owner only."""
    sealed = vault_of(tmp_path).seal("刘云香")
    assert (tmp_path / KEY_FILE).stat().st_mode & 0o777 == 0o600
    with pytest.raises(Unavailable):
        Vault(KEY).open(sealed)


def test_fingerprint_when_same_number_then_same_and_keyed() -> None:
    """A number can be found again, but not guessed without the key."""
    other = Vault(b"y" * 43 + b"=")
    assert Vault(KEY).fingerprint("13805310000") == Vault(KEY).fingerprint("13805310000")
    assert Vault(KEY).fingerprint("13805310000") != other.fingerprint("13805310000")


def test_blob_when_put_twice_then_one_file_and_bad_names_refused(tmp_path: Path) -> None:
    """Content is its own name; a path from outside cannot leave the folder."""
    store = BlobStore(tmp_path)
    digest = store.put(b"photo")
    assert store.put(b"photo") == digest
    assert store.get(digest) == b"photo"
    for name in ("../secret.key", "0" * 64, "ab"):
        with pytest.raises(NotFound):
            store.get(name)
