"""What can be refused about a job."""

from __future__ import annotations

from qingshu.kernel.errors import Conflict, Forbidden, InvalidInput, NotFound


class JobNotFound(NotFound):
    """No job has this id."""

    code = "job_not_found"


class NotYourJob(Forbidden):
    """A crew sees and moves the jobs of its own truck only."""

    code = "not_your_job"


class GasGateLocked(Conflict):
    """Pumping needs a gas test that passed and has not expired."""

    code = "gas_gate_locked"


class EvidenceMissing(Conflict):
    """A step or the finish lacks photos, steps or a reason."""

    code = "evidence_missing"


class UnknownStep(NotFound):
    """The checklist of this job has no such step."""

    code = "unknown_step"


class NotAPhoto(InvalidInput):
    """The file is not a JPEG, PNG or WebP picture."""

    code = "not_a_photo"


class KeyReused(Conflict):
    """The same Idempotency-Key came with another request."""

    code = "idempotency_key_reused"
