"""A network that is held out, and how models do on it that have not seen it."""

import numpy as np
from sklearn.metrics import average_precision_score

from beside import Beside
from data import ATTACKS
from forest import SEED
from judge import Judge, findings
from matrix import ATTACK_CLASSES, BENIGN, CLASSES, CONTROL, EVIDENCE_MIN, EXFILTRATION, FLOOD, GUESSING, LEFT_OUT, SCAN
from matrix import UNLABELLED, Rows, actors, amounts, from_octaves, groups, units
from trial import Model

RESAMPLES = 1000

# What one window must hold to be asked for, summed over the attack's own conversations; the rest is reported beside it.
TARGET_MIN = {
    SCAN: 10,  # contacts
    GUESSING: 10,  # connections to an authentication port
    FLOOD: 60_000,  # packets, or half as many flows: 1,000 packets or 500 flows a second for a minute
    CONTROL: EVIDENCE_MIN[CONTROL],
    EXFILTRATION: 100_000_000,  # bytes
}


# A flood that is none by volume: few packets for long. Its packets may add up to what is asked for, and it is told by scenario only.
APART = "slow-loris"


def targets(rows: Rows, kind: int) -> np.ndarray:
    """Whether each actor-window of a class holds what the target asks for."""
    amount = amounts(rows)[kind]
    if kind == GUESSING:
        amount = amount * rows.column("is_authentication_port")
    unit = units(rows, kind)
    total = lambda amount: np.bincount(unit, weights=np.where(rows.label == kind, amount, 0))
    enough = total(amount) >= TARGET_MIN[kind] * 0.999
    if kind == FLOOD:
        enough |= total(from_octaves(rows.column("forward_flows"))) >= TARGET_MIN[FLOOD] / 2 * 0.999
    return enough


class Network:
    """One network that is held out, and what five models say of it."""

    def __init__(self, rows: Rows, suspected: np.ndarray | None = None):
        """`suspected` are rows of unlabelled background that may well be attacks; figures are told with and without them."""
        self.judge = Judge(rows)
        self.suspected = np.zeros(len(rows.label), bool) if suspected is None else suspected
        self.targets = {kind: targets(rows, kind) for kind in ATTACK_CLASSES}
        self.targets[FLOOD] &= ~self.of_scenario(FLOOD, APART)
        self.flags: dict[int, list[np.ndarray]] = {kind: [] for kind in ATTACK_CLASSES}
        self.precisions: dict[int | str, list[float]] = {}
        self.alerts: dict[int, list[int]] = {kind: [] for kind in ATTACK_CLASSES}
        self.alerts_sure: dict[int, list[int]] = {kind: [] for kind in ATTACK_CLASSES}
        self.called: list[dict[str, int]] = []
        self.beside: Beside | None = None

    def take(self, model: Model) -> None:
        probabilities = model.probabilities(self.judge.rows.features)
        verdict = self.judge.verdicts(probabilities, model.thresholds)
        for kind in ATTACK_CLASSES:
            own = self.judge.units[kind]
            flagged = self.judge.flagged(verdict, kind)
            innocent = ~own.own & ~own.other
            unsure = np.bincount(own.of, weights=self.suspected) > 0
            self.flags[kind].append(flagged)
            self.alerts[kind].append(len(findings(own, flagged & innocent)))
            self.alerts_sure[kind].append(len(findings(own, flagged & innocent & ~unsure)))
            if own.evidence.any():
                self.precisions.setdefault(kind, []).append(self.judge.average_precision(probabilities, kind))
        self.take_pooled(probabilities, model.thresholds)
        raised = {kind: (verdict == kind) & self.flags[kind][-1][self.judge.units[kind].of] for kind in ATTACK_CLASSES}
        self.called.append(self.calls(raised, probabilities))

    def take_pooled(self, probabilities: np.ndarray, thresholds: dict[int, float]) -> None:
        """Attack or not, of everything a client did in a window; with suspects among the innocent and without them, and by distance from thresholds."""
        nobody = np.zeros(len(self.suspected), bool)
        suspicion, over = 1 - probabilities[:, BENIGN], margins(probabilities, thresholds)
        for name, score, aside in (("any", suspicion, nobody), ("sure", suspicion, self.suspected), ("margin", over, nobody), ("sureMargin", over, self.suspected)):
            precision = self.pooled_precision(probabilities, score, aside)
            if precision is not None:
                self.precisions.setdefault(name, []).append(precision)

    def calls(self, raised: dict[int, np.ndarray], probabilities: np.ndarray) -> dict[str, int]:
        """
        What attacks that are asked for were called, where rows of them were raised as anything: their own class only, another one besides, or another
        only; and whether the likeliest of the raised classes, by the highest probability of a row, is their own.
        """
        counts = {"noticed": 0, "ownOnly": 0, "ownAndOther": 0, "otherOnly": 0, "likeliestOwn": 0}
        for kind in ATTACK_CLASSES:
            of, rows = self.judge.units[kind].of, self.judge.rows.label == kind
            highest = np.zeros((len(self.targets[kind]), len(CLASSES)))
            for name, mask in raised.items():
                hit = rows & mask
                np.maximum.at(highest[:, name], of[hit], probabilities[hit, name])
            highest = highest[self.targets[kind]]
            own = highest[:, kind] > 0
            other = (np.delete(highest, kind, axis=1) > 0).any(axis=1)
            for name, mask in (
                *(("noticed", own | other), ("ownOnly", own & ~other), ("ownAndOther", own & other), ("otherOnly", other & ~own)),
                ("likeliestOwn", own & (highest.argmax(axis=1) == kind)),
            ):
                counts[name] += int(mask.sum())
        return counts

    def pooled_precision(self, probabilities: np.ndarray, score: np.ndarray | None = None, aside: np.ndarray | None = None) -> float | None:
        """
        Average precision of attack or not, over actor-windows: the highest score of its conversations (1 minus the probability of benign), those that hold
        enough of an attack against those without any. What looks most like a flood on many is the victim's, as lib/evaluate/actor-windows.ts has it. Absent
        without attacks. Actor-windows with a row that is `aside` do not count.
        """
        rows = self.judge.rows
        attack = (rows.label != BENIGN) & (rows.label < len(CLASSES))
        class_of = np.where(attack, rows.label, probabilities[:, 1:].argmax(axis=1) + 1)
        actor = np.where(class_of == FLOOD, actors(rows, FLOOD)[0], rows.client)
        unit = groups(rows.network, actor, rows.window)
        scores = np.full(unit.max() + 1, -np.inf)
        np.maximum.at(scores, unit, 1 - probabilities[:, BENIGN] if score is None else score)
        holds = lambda mask: np.bincount(unit, weights=mask) > 0
        positive = holds(attack & self.judge.enough)
        judged = positive | ~holds(attack | (rows.label == LEFT_OUT) | (False if aside is None else aside))
        return float(average_precision_score(positive[judged], scores[judged])) if positive.any() else None

    def figures(self) -> dict:
        return {
            "hostHours": self.judge.rows.host_hours,
            "conversations": len(self.judge.rows.label),
            "averagePrecision": spread(self.precisions.get("any")),
            "averagePrecisionWithoutSuspects": spread(self.precisions.get("sure")),
            "averagePrecisionByMargin": spread(self.precisions.get("margin")),
            "averagePrecisionByMarginWithoutSuspects": spread(self.precisions.get("sureMargin")),
            "called": {name: sum(counts[name] for counts in self.called) for name in self.called[0]},
            "classes": {CLASSES[kind]: self.class_figures(kind) for kind in ATTACK_CLASSES},
            **({} if self.beside is None else {"scenarios": self.scenarios(self.beside)}),
        }

    def class_figures(self, kind: int) -> dict:
        own, actor = self.judge.units[kind], self.actor_of_unit(kind)
        hits = np.mean(self.flags[kind], axis=0)
        alerts = self.alerts[kind]
        return {
            "actorWindows": int(own.own.sum()),
            "visible": recall(hits, own.evidence, actor),
            "target": recall(hits, self.targets[kind], actor),
            "averagePrecision": spread(self.precisions.get(kind)),
            "falseFindings": spread(alerts),
            "falseFindingsWithoutSuspects": spread(self.alerts_sure[kind]),
            "falseFindingsPer1000HostHours": spread([1000 * count / self.judge.rows.host_hours for count in alerts]),
            "falseInterval": false_interval(self.judge, self.flags[kind], kind),
            **({} if self.beside is None else {"beside": self.beside_figures(kind, self.beside)}),
        }

    def actor_of_unit(self, kind: int) -> np.ndarray:
        """A number for the actor of each actor-window of a class, across networks."""
        own = self.judge.units[kind]
        return groups(own.network, own.actor)

    def found_beside(self, kind: int, beside: Beside) -> np.ndarray:
        """Whether a row of the attack in each actor-window of the class is covered by a finding of the class."""
        hit = (self.judge.rows.label == kind) & beside.covered(kind)
        return np.bincount(self.judge.units[kind].of, weights=hit) > 0

    def beside_figures(self, kind: int, beside: Beside) -> dict:
        """The forest alone and all detectors with the same model, that of the first seed."""
        actor, label = self.actor_of_unit(kind), self.judge.rows.label
        found = self.found_beside(kind, beside)
        attack = (label != BENIGN) & (label != UNLABELLED)
        return {
            "forest": recall(self.flags[kind][0].astype(float), self.targets[kind], actor),
            "all": recall(found.astype(float), self.targets[kind], actor),
            "forestFalse": self.alerts[kind][0],
            "allFalse": beside.false_findings(kind, attack),
            "allFalseWithoutSuspects": beside.false_findings(kind, attack | self.suspected),
        }

    def of_scenario(self, kind: int, name: str) -> np.ndarray:
        """Whether the network of each actor-window of a class was simulated with the scenario."""
        of_network = np.array([scenario_of(plan, kind) == name for plan in self.judge.rows.networks])
        return of_network[self.judge.units[kind].network]

    def scenarios(self, beside: Beside) -> list[dict]:
        """By simulated scenario: networks that hold it and actor-windows that are asked for, and how many of both are found. Absent of captures."""
        described = []
        for kind in ATTACK_CLASSES:
            own = self.judge.units[kind]
            ways = {"forest": self.flags[kind][0] & own.own, "all": self.found_beside(kind, beside)}
            names = {scenario_of(plan, kind) for plan in self.judge.rows.networks} - {""}
            for name in sorted(names):
                here = own.own & self.of_scenario(kind, name)
                asked = here & self.targets[kind]
                described.append(
                    {
                        "class": CLASSES[kind],
                        "scenario": name,
                        "attacks": len(np.unique(own.network[here])),
                        "actorWindows": int(asked.sum()),
                        **{
                            way: {"attacks": len(np.unique(own.network[here & hits])), "actorWindows": int((asked & hits).sum())}
                            for way, hits in ways.items()
                        },
                    }
                )
        return described


def margins(probabilities: np.ndarray, thresholds: dict[int, float]) -> np.ndarray:
    """How far each row lies above the threshold of the class that it comes closest to."""
    return np.max([margin(probabilities[:, kind], threshold) for kind, threshold in thresholds.items()], axis=0)


def margin(probability: np.ndarray, threshold: float) -> np.ndarray:
    """Natural logarithm of the odds over those of the threshold, so that classes can be compared; 0 where the threshold is just reached."""
    bounded = np.clip(probability, 1e-9, 1 - 1e-9)
    return np.log(bounded / (1 - bounded)) - np.log(threshold / (1 - threshold))


def scenario_of(plan: dict, kind: int) -> str:
    """The scenario of a class in a simulated network, which has one at most; nothing in captures."""
    return next((name for name in plan.get("scenarios", ()) if name in ATTACKS[CLASSES[kind]]), "")


def spread(values: list | None) -> dict | None:
    """Mean, least and most over the seeds."""
    if not values:
        return None
    return {"mean": round(float(np.mean(values)), 4), "least": round(float(min(values)), 4), "most": round(float(max(values)), 4)}


def recall(hits: np.ndarray, of: np.ndarray, actor: np.ndarray) -> dict:
    """Share of actor-windows found, mean over the seeds, with its interval when actors are drawn anew."""
    count, actors = int(of.sum()), len(np.unique(actor[of]))
    described = {"actorWindows": count, "actors": actors}
    if count == 0:
        return described
    described["recall"] = round(float(hits[of].mean()), 4)
    if actors > 1:
        found = np.bincount(actor[of], weights=hits[of])
        total = np.bincount(actor[of]).astype(float)
        described["interval"] = bootstrap(found[total > 0], total[total > 0])
    return described


def bootstrap(above: np.ndarray, below: np.ndarray) -> list[float]:
    """95 % interval of the ratio of two sums over actors, drawn with replacement."""
    draw = np.random.default_rng(SEED)
    ratios = []
    for _ in range(RESAMPLES):
        drawn = draw.integers(0, len(above), len(above))
        if below[drawn].sum() > 0:
            ratios.append(above[drawn].sum() / below[drawn].sum())
    return [round(float(bound), 4) for bound in np.percentile(ratios, (2.5, 97.5))]


def false_interval(judge: Judge, flags: list[np.ndarray], kind: int) -> list[float]:
    """Of false findings per 1,000 host-hours. Strangers bring alerts but no hours."""
    own, rows = judge.units[kind], judge.rows
    most = max(rows.client.max(), rows.server.max()) + 1
    alerts, hours = np.zeros(most), np.zeros(most)
    for flagged in flags:
        for part in findings(own, flagged & ~own.own & ~own.other):
            alerts[own.actor[part[0]]] += 1000 / len(flags)
    ours = rows.column("client_is_ours") == 1
    hour = groups(rows.network[ours], rows.client[ours], rows.window[ours] // 3600)
    np.add.at(hours, rows.client[ours][np.unique(hour, return_index=True)[1]], 1)
    counted = (alerts > 0) | (hours > 0)
    return bootstrap(alerts[counted], hours[counted])
