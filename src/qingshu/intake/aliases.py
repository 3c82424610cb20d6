"""Words for places, learned when a person puts a report where its words did not lead."""

from __future__ import annotations

from qingshu.intake import store
from qingshu.intake.gazetteers import gazetteer_of
from qingshu.intake.model import Report
from qingshu.intake.rules.places import unknown_words
from qingshu.intake.rules.scripts import glued
from qingshu.kernel.instants import to_ms
from qingshu.registry.model import Tank
from qingshu.runtime.db import Tx

_READ_MAX = 2000


def learn(tx: Tx, report: Report, tank: Tank) -> list[str]:
    """Remember the unknown place words of a report that a person put at ``tank``.

    Words in front of a building number stand for the community, others for the tank.
    """
    if report.tank_id == tank.id:
        return []
    text = glued(f"{report.place}\n{report.text}"[:_READ_MAX])
    gazetteer = gazetteer_of(tx.conn, tx.settings)
    learned = []
    for words, has_building in unknown_words(text, gazetteer.mentions(text)):
        kind, place_id = "tank", tank.id
        if has_building and tank.community_id is not None:
            kind, place_id = "community", tank.community_id
        store.learn_alias(tx, words, kind, place_id, to_ms(tx.now))
        learned.append(words)
    return learned
