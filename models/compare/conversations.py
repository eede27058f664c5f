"""Our own features: each algorithm learns from the networks that the forest learns from, and is judged on simulated ones never seen."""

import time
from dataclasses import replace

import numpy as np
import onnxruntime
from sklearn.metrics import average_precision_score

from compare.algorithms import ALGORITHMS, ISOLATION, fit, fit_isolation, to_onnx
from forest import SEED, class_weights, scored
from judge import Judge, findings, share, unit_scores, units_of
from matrix import ATTACK_CLASSES, BENIGN, CLASSES, SCAN
from trial import FALSE_FINDINGS_PER_HOUR, highest_forbidden, simulated_trial, thresholds

class Alarm:
    """Attack or not, of what a client did in a window: the one question that every algorithm and the isolation forest can be asked."""

    def __init__(self, judge: Judge):
        rows = judge.rows
        attack = (rows.label != BENIGN) & (rows.label < len(CLASSES))
        self.rows = replace(rows, label=np.where(attack, SCAN, rows.label))  # any one attack stands for all
        self.units = units_of(self.rows, SCAN, judge.enough)

    def scores(self, suspicion: np.ndarray) -> np.ndarray:
        return unit_scores(self.units.of, suspicion, 1)

    def threshold(self, suspicion: np.ndarray) -> float:
        """Half-way between the highest innocent score that must not pass and the weakest attack above it, as for the classes."""
        own, scores = self.units, self.scores(suspicion)
        must_not_pass = highest_forbidden(own, scores, sum(FALSE_FINDINGS_PER_HOUR.values()) * self.rows.hours)
        best = [scores[own.own & (own.network == network)].max() for network in np.unique(own.network[own.own])]
        return float((must_not_pass + min((score for score in best if score > must_not_pass), default=1.0)) / 2)

    def measure(self, suspicion: np.ndarray, threshold: float) -> dict:
        own, scores = self.units, self.scores(suspicion)
        flagged = scores >= threshold
        judged = own.evidence | ~own.own
        return {
            "precision": share(own.own & flagged, flagged),
            "recall": share(own.own & flagged, own.own),
            "averagePrecision": float(average_precision_score(own.evidence[judged], scores[judged])),
            "falseFindingsPerHour": len(findings(own, flagged & ~own.own)) / self.rows.hours,
        }


def compare_alarms(alarms: dict[str, Alarm], suspicion: dict[str, np.ndarray]) -> dict:
    return alarms["test"].measure(suspicion["test"], alarms["validation"].threshold(suspicion["validation"]))


def compare_classes(judges: dict[str, Judge], probabilities: dict[str, np.ndarray]) -> dict[str, dict]:
    """Figures of each class on the test networks, with the thresholds that the validation networks give."""
    test = judges["test"]
    chosen = thresholds([simulated_trial(judges["validation"], probabilities["validation"])])
    measured = test.measure(test.verdicts(probabilities["test"], chosen))
    for kind in ATTACK_CLASSES:
        figures = measured[CLASSES[kind]]
        figures["f1"] = harmonic(figures["actorWindowPrecision"], figures["actorWindowRecall"])
        figures["averagePrecision"] = test.average_precision(probabilities["test"], kind)
    return measured


def harmonic(precision: float | None, recall: float | None) -> float:
    """F1. Where nothing was flagged precision is absent, and this 0."""
    return 2 * precision * recall / (precision + recall) if precision and recall else 0.0


SPEED_ROWS = 4_096
SPEED_CHUNK = 512
SPEED_PASSES = 3


def rows_per_second(onnx: bytes, features: np.ndarray) -> float:
    """Of the best of some passes, so that what else the machine does counts little."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(onnx, options, providers=["CPUExecutionProvider"])
    seconds = []
    for _ in range(SPEED_PASSES):
        start = time.perf_counter()
        for at in range(0, len(features), SPEED_CHUNK):
            session.run(["probabilities"], {"X": features[at : at + SPEED_CHUNK]})
        seconds.append(time.perf_counter() - start)
    return len(features) / min(seconds)


def compare_conversations(features: np.ndarray, label: np.ndarray, judges: dict[str, Judge]) -> dict[str, dict]:
    alarms = {name: Alarm(judge) for name, judge in judges.items()}
    test = judges["test"].rows.features
    probe = test[np.sort(np.random.default_rng(SEED).choice(len(test), SPEED_ROWS, replace=False))]
    results = {}
    for kind, algorithm in ALGORITHMS.items():
        start = time.perf_counter()
        model, learnt = fit(algorithm, algorithm.make(), features, label, class_weights())
        probabilities = {name: model.predict_proba(judge.rows.features) for name, judge in judges.items()}
        onnx = to_onnx(model, kind, features.shape[1])
        results[kind] = {
            "learnt": learnt,
            "classes": compare_classes(judges, probabilities),
            "alarm": compare_alarms(alarms, {name: 1 - values[:, BENIGN] for name, values in probabilities.items()}),
            "bytes": len(onnx),
            "speed": rows_per_second(onnx, probe),
            "differences": np.abs(scored(onnx, probe) - model.predict_proba(probe)).max(axis=1),
        }
        means = [round(macro(results[kind], figure), 3) for figure in ("f1", "averagePrecision")]
        print(kind, f"{time.perf_counter() - start:.0f} s, mean F1 and average precision", *means, flush=True)
    isolation = fit_isolation(features)
    strangeness = {name: -isolation.score_samples(judge.rows.features) for name, judge in judges.items()}
    results[ISOLATION] = {"alarm": compare_alarms(alarms, strangeness)}
    print(results[ISOLATION])
    return results


def macro(result: dict, figure: str) -> float:
    """Mean over the attack classes; absent counts as 0."""
    return float(np.mean([figures[figure] or 0 for figures in result["classes"].values()]))
