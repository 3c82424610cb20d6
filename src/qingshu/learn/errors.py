"""What can be refused about dossiers and statistics."""

from __future__ import annotations

from qingshu.kernel.errors import InvalidInput, NotFound


class DossierNotFound(NotFound):
    """No dossier has this id."""

    code = "dossier_not_found"


class BadPeriod(InvalidInput):
    """The period ends before it starts."""

    code = "bad_period"


class CommitmentNotFound(NotFound):
    """No commitment has this id."""

    code = "commitment_not_found"


class ProofMissing(InvalidInput):
    """A commitment is only reported done with what shows it."""

    code = "measure_proof_missing"
