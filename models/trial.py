"""Trials: what a model says of networks it was not trained on, and the thresholds that follow."""

from dataclasses import dataclass, replace

import numpy as np

from captures import everyday, without_suspects
from forest import SEED, SHIPPED, Calibration, Shape, calibrate, fit, sample, strangers_are_innocent
from judge import Judge, Units, findings
from matrix import ATTACK_CLASSES, CONTROL, EXFILTRATION, FLOOD, GUESSING, SCAN, Rows, join, refuse_other_tables, refuse_shared_networks

# False findings an hour that each threshold may cause in a simulated network of 30 hosts, strangers from the internet counted. About half of the one
# an hour that an operator is promised, for the tests beside the forest need the other half. Attacks that are found at all mostly score above 0.95,
# so that twice as much finds hardly more.
FALSE_FINDINGS_PER_HOUR = {SCAN: 0.05, GUESSING: 0.15, FLOOD: 0.07, CONTROL: 0.1, EXFILTRATION: 0.2}

# The same for the background of real networks, by 1,000 hours of an active host of ours. Command and control pages nobody, see
# lib/detectors/forest.ts, so that more of it is borne; and of floods, for busy peers of a file-sharing host look just like one: at 1 the threshold
# is 0.9995, and of 14 floods that can be seen in the validation networks 4 are found.
FALSE_FINDINGS_PER_1000_HOST_HOURS = {SCAN: 1, GUESSING: 1, FLOOD: 3, CONTROL: 10, EXFILTRATION: 1}


@dataclass
class Trial:
    """Networks, what a model that has not seen them says, and how many false findings of each class are put up with."""

    judge: Judge
    probabilities: np.ndarray
    allowed: dict[int, float]

    def lenient(self, factor: float) -> "Trial":
        return replace(self, allowed={kind: factor * most for kind, most in self.allowed.items()})


def simulated_trial(judge: Judge, probabilities: np.ndarray) -> Trial:
    return Trial(judge, probabilities, {kind: rate * judge.rows.hours for kind, rate in FALSE_FINDINGS_PER_HOUR.items()})


def captured_trial(judge: Judge, probabilities: np.ndarray) -> Trial:
    host_hours = judge.rows.host_hours
    return Trial(judge, probabilities, {kind: rate * host_hours / 1000 for kind, rate in FALSE_FINDINGS_PER_1000_HOST_HOURS.items()})


def thresholds(trials: list[Trial]) -> dict[int, float]:
    """
    The lowest thresholds that stay within what each trial allows. Each lies half-way between the highest innocent score that must not pass and
    the weakest attack above that, so that neither side stands at the edge.
    """
    chosen = {}
    for kind in ATTACK_CLASSES:
        must_not_pass = max(forbidden(trial, kind) for trial in trials)
        above = [score for trial in trials for score in best_scores(trial, kind) if score > must_not_pass]
        chosen[kind] = round(float((must_not_pass + min(above, default=1.0)) / 2), 4)
    return chosen


def forbidden(trial: Trial, kind: int) -> float:
    return highest_forbidden(trial.judge.units[kind], trial.judge.scores(trial.probabilities, kind), trial.allowed[kind])


def highest_forbidden(units: Units, scores: np.ndarray, allowed: float) -> float:
    """The highest score of an innocent actor-window that must not pass, lest there be more false findings than allowed; 0 when all may."""
    innocent = ~units.own & ~units.other
    for score in np.unique(scores[innocent & (scores > 0)])[::-1]:
        if len(findings(units, innocent & (scores >= score))) > allowed:
            return score
    return 0.0


def best_scores(trial: Trial, kind: int) -> list[float]:
    """Highest score of the class in every network that holds an attack of it."""
    units = trial.judge.units[kind]
    scores = trial.judge.scores(trial.probabilities, kind)
    return [scores[units.own & (units.network == network)].max() for network in np.unique(units.network[units.own])]


@dataclass
class Model:
    """A forest with calibration and thresholds."""

    forest: object
    calibration: Calibration
    thresholds: dict[int, float]
    learnt: tuple[np.ndarray, np.ndarray]  # features and labels of the rows it learnt from

    def probabilities(self, features: np.ndarray) -> np.ndarray:
        return self.calibration.apply(self.forest.predict_proba(features))


@dataclass
class Material:
    """Everything a model is made of. Captures by site, each in both aggregation intervals."""

    train: Rows
    validation: Judge
    captures: dict[str, list[Judge]]
    everyday: dict[str, Rows]


def material(train: Rows, validation: Rows, captures: list[Rows]) -> Material:
    refuse_shared_networks({"train": train, "validation": validation})
    refuse_other_tables([train, validation, *captures])
    sites: dict[str, dict[int, list[Rows]]] = {}
    for rows in captures:
        sites.setdefault(site_of(rows), {}).setdefault(rows.networks[0]["aggregationSeconds"], []).append(rows)
    sights = {site: [join(intervals[interval]) for interval in sorted(intervals)] for site, intervals in sites.items()}
    return Material(
        train=strangers_are_innocent(train),
        validation=Judge(validation),
        captures={site: [Judge(without_suspects(rows)) for rows in group] for site, group in sights.items()},
        everyday={site: join([everyday(rows) for rows in group]) for site, group in sights.items()},
    )


def site_of(capture: Rows) -> str:
    plan = capture.networks[0]
    return plan.get("site", plan["name"])


class Workshop:
    """Makes models without some of the captures. What several of them need is made once."""

    def __init__(self, of: Material, shape: Shape = SHIPPED):
        self.material = of
        self.shape = shape
        self.samples: dict = {}
        self.forests: dict = {}
        self.pools: dict = {}

    def forget(self) -> None:
        """Lets go of what belongs to the seeds so far."""
        self.samples.clear()
        self.forests.clear()

    def rows_without(self, left_out: frozenset[str], seed: int) -> tuple[np.ndarray, np.ndarray]:
        """Features and labels that a forest without these captures learns from."""
        named = {"": self.material.train, **self.material.everyday}
        kept = [self.sampled(name, rows, seed) for name, rows in named.items() if name not in left_out]
        return np.concatenate([features for features, _ in kept]), np.concatenate([label for _, label in kept])

    def sampled(self, name: str, rows: Rows, seed: int) -> tuple[np.ndarray, np.ndarray]:
        if (name, seed) not in self.samples:
            chosen = sample(rows, seed)
            self.samples[name, seed] = rows.features[chosen], rows.label[chosen]
        return self.samples[name, seed]

    def forest_without(self, left_out: frozenset[str], seed: int):
        if (left_out, seed) not in self.forests:
            self.forests[left_out, seed] = fit(*self.rows_without(left_out, seed), self.shape, seed)
        return self.forests[left_out, seed]

    def model(self, left_out: frozenset[str] = frozenset(), seed: int = SEED, lenience: float = 1) -> Model:
        """
        A model that knows nothing of the captures left out: not the forest, nor calibration, nor thresholds. Every other capture is judged by a
        forest that did not learn from it either, so that thresholds are those of networks not seen. `lenience` multiplies what they allow.
        """
        forest = self.forest_without(left_out, seed)
        validation = self.material.validation
        trials = [(validation, forest.predict_proba(validation.rows.features), simulated_trial)]
        others = [name for name in self.material.captures if name not in left_out]
        for sight in range(len(self.material.captures[others[0]]) if others else 0):
            votes = [
                self.forest_without(left_out | {name}, seed).predict_proba(self.material.captures[name][sight].rows.features)
                for name in others
            ]
            trials.append((self.pool(tuple(others), sight), np.concatenate(votes), captured_trial))
        calibration = calibrated_on(validation.rows, trials[0][1], seed)
        judged = [trial(judge, calibration.apply(votes)).lenient(lenience) for judge, votes, trial in trials]
        return Model(forest, calibration, thresholds(judged), self.rows_without(left_out, seed))

    def pool(self, names: tuple[str, ...], sight: int) -> Judge:
        """Several captures judged together, so that what is allowed is allowed in all of them, not in each."""
        if (names, sight) not in self.pools:
            self.pools[names, sight] = Judge(join([self.material.captures[name][sight].rows for name in names]))
        return self.pools[names, sight]


def calibrated_on(rows: Rows, votes: np.ndarray, seed: int) -> Calibration:
    """
    From a few rows of every actor-window, as for training, so that one large scan does not decide. Only simulated networks will do, since how
    common attacks are decides what a probability means, and captures are full of one attack or have none.
    """
    innocent = strangers_are_innocent(rows)
    chosen = sample(innocent, seed)
    return calibrate(votes[chosen], innocent.label[chosen])
