"""What can be refused when proving and closing."""

from __future__ import annotations

from qingshu.kernel.errors import Conflict


class ProofMissing(Conflict):
    """Closing without proof needs a named person's reason."""

    code = "proof_missing"


class NothingToAsk(Conflict):
    """A call back makes sense only after the handling is cleared."""

    code = "nothing_to_ask"
