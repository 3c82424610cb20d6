"""A gas test comes in, is judged, kept, and opens or locks the pump."""

from __future__ import annotations

from datetime import datetime, timedelta

from qingshu.fieldwork import store
from qingshu.fieldwork.events import JobGasTested, JobStepDone
from qingshu.fieldwork.model import GasTest, JobCommand, JobState, Verdict
from qingshu.fieldwork.rules import cycle, gas
from qingshu.fieldwork.rules.stated import stated
from qingshu.fieldwork.service import walk
from qingshu.kernel.errors import TransitionNotAllowed
from qingshu.kernel.instants import iso, to_ms
from qingshu.runtime.db import Tx

GAS_STEP = "gas"


def test_gas(
    tx: Tx,
    job_id: int,
    test: GasTest,
    at: datetime | None = None,  # noqa: PT028 - a gas test, not a test
) -> Verdict:
    """Judge and keep one test; a failed one locks the pump even while it runs.

    A failed test is an answer, not an error: it is kept and told in words. A test that a
    phone kept is good from the moment ``at`` it was made, not from when it came in.
    """
    job = store.load(tx.conn, job_id)
    if not cycle.takes_gas_tests(job.state):
        msg = f"Expected a job on site for a gas test, it is {job.state}."
        raise TransitionNotAllowed(msg, state=str(job.state), command="gas")
    params = walk.params_of(tx)
    stated_at = stated(at, tx.now)
    made = stated_at or tx.now
    earlier = store.tests(tx.conn, job_id)
    failed_before = bool(earlier) and not earlier[-1].cleared
    verdict = gas.judge(test, failed_before=failed_before, params=params)
    good_for = timedelta(minutes=params.gas_valid_min if verdict.cleared else 0)
    store.add_test(tx, job_id, to_ms(tx.now), test, verdict, to_ms(made + good_for))
    refused = gas.sentence(verdict.failures)
    tx.emit(
        JobGasTested(
            subject_id=job_id, cleared=verdict.cleared, refused_zh=refused.zh,
            refused_en=refused.en, stated_at=None if stated_at is None else iso(stated_at),
        )
    )  # fmt: skip
    if verdict.cleared:
        if job.state is not JobState.PUMPING:
            walk.go(tx, job, JobCommand.CLEAR_GAS, stated_by="crew", stated_at=stated_at)
        store.put_step(tx, job_id, GAS_STEP, to_ms(made), "")
        tx.emit(JobStepDone(subject_id=job_id, step=GAS_STEP))
    elif job.state is not JobState.ARRIVED:
        walk.go(tx, job, JobCommand.LOCK_GAS, stated_by="crew", stated_at=stated_at)
    return verdict
