"""Leave one network out: how the forest does on networks that neither it nor its thresholds have seen.

    npm run python -- models/networks.py [--data out/training] [--seeds 5] [--without-tests]

Reads the matrices and logs that models/data.py writes. For every capture, models are made that know nothing of it (models/trial.py), once for every
seed, and judged on it; and a model of everything on the simulated test networks. With its tests beside it, a model is judged by `flowtrap
detect` and `flowtrap evaluate`, for the first seed. Writes results/networks.json and docs/networks.md.
"""

import argparse
import json
from pathlib import Path

import numpy as np
from sklearn.metrics import average_precision_score

from beside import with_tests
from forest import SEED
from judge import Judge, findings
from matrix import ATTACK_CLASSES, BENIGN, CLASSES, CONTROL, EVIDENCE_MIN, EXFILTRATION, FLOOD, GUESSING, LEFT_OUT, SCAN
from matrix import Rows, actors, amounts, groups, read_split, units
from networks_page import networks_page
from train import HERE, read_captures, read_material, write_json
from trial import Model, Workshop, site_of

RESULTS = HERE / "results" / "networks.json"
PAGE = HERE.parent / "docs" / "networks.md"
SIMULATION = "simulation"
SIGHT = 600  # captures are judged in AWS's default aggregation interval
RESAMPLES = 1000

# What one window must hold to be asked for, summed over the attack's own conversations; the rest is reported beside it.
TARGET_MIN = {
    SCAN: 10,  # contacts
    GUESSING: 10,  # connections to an authentication port
    FLOOD: 60_000,  # packets, or half as many flows: 1,000 packets or 500 flows a second for a minute
    CONTROL: EVIDENCE_MIN[CONTROL],
    EXFILTRATION: 100_000_000,  # bytes
}


def targets(rows: Rows, kind: int) -> np.ndarray:
    """Whether each actor-window of a class holds what the target asks for."""
    amount = amounts(rows)[kind]
    if kind == GUESSING:
        amount = amount * rows.column("is_authentication_port")
    unit = units(rows, kind)
    return np.bincount(unit, weights=np.where(rows.label == kind, amount, 0)) >= TARGET_MIN[kind] * 0.999


class Network:
    """One network that is held out, and what five models say of it."""

    def __init__(self, rows: Rows):
        self.judge = Judge(rows)
        self.targets = {kind: targets(rows, kind) for kind in ATTACK_CLASSES}
        self.flags: dict[int, list[np.ndarray]] = {kind: [] for kind in ATTACK_CLASSES}
        self.precisions: dict[int | str, list[float]] = {}
        self.alerts: dict[int, list[int]] = {kind: [] for kind in ATTACK_CLASSES}
        self.right: list[tuple[int, int]] = []
        self.errors: list[float] = []

    def take(self, model: Model) -> None:
        probabilities = model.probabilities(self.judge.rows.features)
        verdict = self.judge.verdicts(probabilities, model.thresholds)
        for kind in ATTACK_CLASSES:
            own = self.judge.units[kind]
            flagged = self.judge.flagged(verdict, kind)
            self.flags[kind].append(flagged)
            self.alerts[kind].append(len(findings(own, flagged & ~own.own & ~own.other)))
            if own.evidence.any():
                self.precisions.setdefault(kind, []).append(self.judge.average_precision(probabilities, kind))
        self.take_pooled(probabilities, verdict)

    def take_pooled(self, probabilities: np.ndarray, verdict: np.ndarray) -> None:
        """Attack or not, of everything a client did in a window; and whether attacks that were noticed were called by their class."""
        precision = self.pooled_precision(probabilities)
        if precision is not None:
            self.precisions.setdefault("any", []).append(precision)
        noticed = right = 0
        for kind in ATTACK_CLASSES:
            units_ = self.judge.units[kind]
            rows = self.judge.rows.label == kind
            other = np.bincount(units_.of, weights=rows & (verdict > 0) & (verdict != kind)) > 0
            hit = self.flags[kind][-1] & self.targets[kind]
            right += int(hit.sum())
            noticed += int((hit | (other & self.targets[kind])).sum())
        self.right.append((right, noticed))

    def pooled_precision(self, probabilities: np.ndarray) -> float | None:
        """
        Average precision of attack or not, over actor-windows: the most suspicious conversation of each, those that hold enough of an attack against
        those without any. What looks most like a flood on many is the victim's, as lib/evaluate/actor-windows.ts has it. Absent without attacks.
        """
        rows = self.judge.rows
        attack = (rows.label != BENIGN) & (rows.label < len(CLASSES))
        class_of = np.where(attack, rows.label, probabilities[:, 1:].argmax(axis=1) + 1)
        actor = np.where(class_of == FLOOD, actors(rows, FLOOD)[0], rows.client)
        unit = groups(rows.network, actor, rows.window)
        scores = np.zeros(unit.max() + 1)
        np.maximum.at(scores, unit, 1 - probabilities[:, BENIGN])
        holds = lambda mask: np.bincount(unit, weights=mask) > 0
        positive = holds(attack & self.judge.enough)
        judged = positive | ~holds(attack | (rows.label == LEFT_OUT))
        return float(average_precision_score(positive[judged], scores[judged])) if positive.any() else None

    def figures(self) -> dict:
        return {
            "hostHours": self.judge.rows.host_hours,
            "conversations": len(self.judge.rows.label),
            "averagePrecision": spread(self.precisions.get("any")),
            "classRight": [sum(right for right, _ in self.right), sum(noticed for _, noticed in self.right)],
            "classes": {CLASSES[kind]: self.class_figures(kind) for kind in ATTACK_CLASSES},
        }

    def class_figures(self, kind: int) -> dict:
        own = self.judge.units[kind]
        actor = groups(self.judge.rows.network[np.unique(own.of, return_index=True)[1]], own.actor)
        visible, wanted = own.evidence, self.targets[kind]
        hits = np.mean(self.flags[kind], axis=0)
        alerts = self.alerts[kind]
        return {
            "actorWindows": int(own.own.sum()),
            "visible": recall(hits, visible, actor),
            "target": recall(hits, wanted, actor),
            "averagePrecision": spread(self.precisions.get(kind)),
            "falseFindings": spread(alerts),
            "falseFindingsPer1000HostHours": spread([1000 * count / self.judge.rows.host_hours for count in alerts]),
            "falseInterval": false_interval(self.judge, self.flags[kind], kind),
        }


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


def main() -> None:
    parser = argparse.ArgumentParser(description="Judges the forest on networks that it has not seen.")
    parser.add_argument("--data", type=Path, default=HERE.parent / "out" / "training", help="what models/data.py wrote")
    parser.add_argument("--seeds", type=int, default=5, help="models of each kind")
    parser.add_argument("--without-tests", action="store_true", help="leave out what flowtrap detect finds, which takes minutes")
    options = parser.parse_args()

    captures = {rows.networks[0]["name"]: rows for rows in read_captures(options.data / "captures") if rows.networks[0]["aggregationSeconds"] == SIGHT}
    workshop = Workshop(read_material(options.data))
    networks = {name: Network(rows) for name, rows in captures.items()}
    networks[SIMULATION] = Network(read_split(options.data / "test"))
    beside: dict = {}
    for seed in range(SEED, SEED + options.seeds):
        for site in dict.fromkeys(map(site_of, captures.values())):
            model = workshop.model(frozenset({site}), seed)
            for name in [name for name, rows in captures.items() if site_of(rows) == site]:
                networks[name].take(model)
                print(seed, name, flush=True)
                if seed == SEED and not options.without_tests:
                    beside[name] = with_tests(model, workshop.material.train, options.data / "captures" / f"{name}-{SIGHT}")
        networks[SIMULATION].take(workshop.model(frozenset(), seed))
        workshop.forget()
        # Written after each seed: five take a while, and fewer say something too.
        write(networks, captures, beside, list(range(SEED, seed + 1)))


def write(networks: dict[str, Network], captures: dict[str, Rows], beside: dict, seeds: list[int]) -> None:
    results = {
        "seeds": seeds,
        "sightSeconds": SIGHT,
        "resamples": RESAMPLES,
        "targetMin": {CLASSES[kind]: least for kind, least in TARGET_MIN.items()},
        "networks": {name: network.figures() for name, network in networks.items()},
        "withTests": beside,
        "captures": {name: {key: rows.networks[0][key] for key in ("source", "caution")} for name, rows in captures.items()},
    }
    write_json(RESULTS, results)
    PAGE.write_text(networks_page(results), encoding="utf-8")


if __name__ == "__main__":
    main()
