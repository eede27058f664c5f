"""From probabilities to findings as the product makes them, and how good they are."""

from dataclasses import dataclass

import numpy as np
from sklearn.metrics import average_precision_score

from data import ATTACKS
from matrix import ATTACK_CLASSES, CLASSES, FLOOD, SCAN, UNLABELLED, Rows
from matrix import actors, from_octaves, groups, has_evidence, units

# Conversations of one actor-window that must reach the threshold, as in lib/detectors/forest.ts.
MEMBERS_MIN = {SCAN: 5}
# Least packets and flows of an actor-window for the forest's detector to call it a flood: 200 or 100 a second over the shortest time it
# reckons with, a minute. The matrix does not say how long an actor-window lasted, so that the detector is a little stricter than this.
FLOOD_PACKETS_MIN = 200 * 60
FLOOD_FLOWS_MIN = 100 * 60
# Actor-windows no further apart than this belong to one finding, as in lib/findings/incident.ts.
GAP_SECONDS = 600


@dataclass
class Units:
    """Actor-windows of one class: (network, actor, scope, window)."""

    of: np.ndarray  # unit of every row
    run: np.ndarray  # (network, actor, scope) as a number
    actor: np.ndarray  # code of its address
    network: np.ndarray
    window: np.ndarray
    own: np.ndarray  # holds a row of the class
    evidence: np.ndarray  # holds enough of them
    other: np.ndarray  # holds a row of another attack
    noise: np.ndarray  # holds unlabelled rows only
    plausible: np.ndarray  # large enough for its class


@dataclass
class Attack:
    """One scenario in one network."""

    scenario: str
    kind: str
    intensity: float
    visible: bool  # some window holds enough evidence, see EVIDENCE_MIN
    found: bool


def units_of(rows: Rows, kind: int, enough: np.ndarray) -> Units:
    of = units(rows, kind)
    first = np.unique(of, return_index=True)[1]
    actor, scope = actors(rows, kind)
    holds = lambda mask: np.bincount(of, weights=mask) > 0
    own = rows.label == kind
    return Units(
        of=of,
        run=groups(rows.network, actor, scope)[first],
        actor=actor[first],
        network=rows.network[first],
        window=rows.window[first],
        own=holds(own),
        evidence=holds(own & enough),
        other=holds((rows.label > 0) & (rows.label != UNLABELLED) & ~own),
        noise=~holds(rows.label != UNLABELLED),
        plausible=plausible(rows, kind, of),
    )


def plausible(rows: Rows, kind: int, of: np.ndarray) -> np.ndarray:
    if kind != FLOOD:
        return np.ones(of.max() + 1, bool)
    total = lambda name: np.bincount(of, weights=from_octaves(rows.column(name)))
    return (total("forward_packets") >= FLOOD_PACKETS_MIN) | (total("forward_flows") >= FLOOD_FLOWS_MIN)


def unit_scores(of: np.ndarray, probability: np.ndarray, members: int) -> np.ndarray:
    """The members-th largest probability of every unit; 0 where it has fewer rows."""
    order = np.lexsort((-probability, of))
    first = np.unique(of[order], return_index=True)[1]
    counts = np.diff(np.append(first, len(of)))
    enough = counts >= members
    scores = np.zeros(len(first))
    scores[enough] = probability[order][first[enough] + members - 1]
    return scores


def findings(all_units: Units, flagged: np.ndarray) -> list[np.ndarray]:
    """Flagged units joined into findings: one for every run of windows of one actor (and scope)."""
    chosen = np.flatnonzero(flagged)
    order = chosen[np.lexsort((all_units.window[chosen], all_units.run[chosen]))]
    breaks = (np.diff(all_units.run[order]) != 0) | (np.diff(all_units.window[order]) > GAP_SECONDS)
    return [part for part in np.split(order, np.flatnonzero(breaks) + 1) if len(part) > 0]


class Judge:
    """Everything about one split that does not depend on the model."""

    def __init__(self, rows: Rows):
        self.rows = rows
        self.enough = has_evidence(rows)
        self.units = {kind: units_of(rows, kind, self.enough) for kind in ATTACK_CLASSES}

    def scores(self, probabilities: np.ndarray, kind: int) -> np.ndarray:
        own = self.units[kind]
        return np.where(own.plausible, unit_scores(own.of, probabilities[:, kind], MEMBERS_MIN.get(kind, 1)), 0)

    def average_precision(self, probabilities: np.ndarray, kind: int) -> float:
        """Over actor-windows: those with enough evidence of the class against those without any attack."""
        own = self.units[kind]
        judged = own.evidence | ~(own.own | own.other)
        return float(average_precision_score(own.evidence[judged], self.scores(probabilities, kind)[judged]))

    def verdicts(self, probabilities: np.ndarray, thresholds: dict[int, float]) -> np.ndarray:
        """Class of every row: the likeliest attack that reaches its threshold, else benign."""
        passing = np.zeros_like(probabilities)
        for kind, threshold in thresholds.items():
            passing[:, kind] = np.where(probabilities[:, kind] >= threshold, probabilities[:, kind], 0)
        return passing.argmax(axis=1)

    def flagged(self, verdict: np.ndarray, kind: int) -> np.ndarray:
        """Units that are signals of the class."""
        own = self.units[kind]
        return own.plausible & (unit_scores(own.of, (verdict == kind).astype(float), MEMBERS_MIN.get(kind, 1)) > 0)

    def measure(self, verdict: np.ndarray) -> dict[str, dict]:
        return {CLASSES[kind]: self.measure_class(verdict, kind) for kind in ATTACK_CLASSES}

    def measure_class(self, verdict: np.ndarray, kind: int) -> dict:
        rows, own = self.rows, self.units[kind]
        judged = rows.label != UNLABELLED
        of_class = rows.label == kind
        hit = verdict == kind
        flagged = self.flagged(verdict, kind)
        found = findings(own, flagged)
        kinds = [self.kind_of_finding(own, part) for part in found]
        attacks = [attack for attack in self.attacks(verdict) if attack.kind == CLASSES[kind]]
        visible = [attack for attack in attacks if attack.visible]
        per_hour = lambda name: round(kinds.count(name) / rows.hours, 3)
        return {
            "attacks": len(attacks),
            "attacksFound": sum(attack.found for attack in attacks),
            "attacksVisible": len(visible),
            "attacksVisibleFound": sum(attack.found for attack in visible),
            "actorWindows": int(own.own.sum()),
            "actorWindowRecall": share(own.own & flagged, own.own),
            "actorWindowRecallVisible": share(own.evidence & flagged, own.evidence),
            "actorWindowPrecision": share(own.own & flagged, flagged),
            "conversations": int(of_class.sum()),
            "conversationRecall": share(of_class & hit, of_class),
            "conversationPrecision": share(of_class & hit, judged & hit),
            "falseFindingsPerHour": per_hour("benign"),
            "noiseFindingsPerHour": per_hour("noise"),
            "misnamedFindingsPerHour": per_hour("other"),
        }

    def kind_of_finding(self, own: Units, part: np.ndarray) -> str:
        if own.own[part].any():
            return "true"
        if own.other[part].any():
            return "other"
        return "noise" if own.noise[part].all() else "benign"

    def attacks(self, verdict: np.ndarray) -> list[Attack]:
        """Every attack of the split. Needs networks with at most one scenario of a class."""
        found = []
        for kind in ATTACK_CLASSES:
            own = self.units[kind]
            flagged = self.flagged(verdict, kind)
            for network in np.unique(own.network[own.own]):
                here = own.own & (own.network == network)
                plan = self.rows.networks[network]
                name = next(name for name in plan["scenarios"] if name in ATTACKS[CLASSES[kind]])
                visible = bool((here & own.evidence).any())
                found.append(Attack(name, CLASSES[kind], plan["intensity"], visible, bool((here & flagged).any())))
        return found

def share(part: np.ndarray, whole: np.ndarray) -> float | None:
    """Rounded; absent where there is nothing to share."""
    return round(float(part.sum() / whole.sum()), 4) if whole.any() else None
