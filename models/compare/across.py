"""Across networks: every algorithm on captures that it has not learnt from."""

import numpy as np

from compare.algorithms import ALGORITHMS, FOREST, fit, subsample
from compare.conversations import harmonic
from compare.tables import called, number, table
from forest import SEED, class_weights
from judge import Judge, share
from matrix import ATTACK_CLASSES, BENIGN, CLASSES, Rows, groups
from network import Network
from trial import Workshop, simulated_trial, thresholds

# Actors judged of a capture: attackers all, of the others so many, since k-NN takes minutes for all of CTU-13.
ACTORS_MAX = 3_000
# Rows learnt from, small classes whole: eight algorithms are fitted for every capture.
ROWS_MAX = 60_000


def thinned(rows: Rows) -> Rows:
    """All conversations of attackers, and of some of the other clients."""
    client = groups(rows.network, rows.client)
    attacker = np.bincount(client, weights=is_attack(rows)) > 0
    drawn = np.random.default_rng(SEED).permutation(len(attacker))[:ACTORS_MAX]
    kept = attacker.copy()
    kept[drawn] = True
    return rows.chosen(kept[client])


def is_attack(rows: Rows) -> np.ndarray:
    return (rows.label != BENIGN) & (rows.label < len(CLASSES))


def with_attacks(workshop: Workshop) -> dict[str, Rows]:
    """Captures that hold an attack which one window can show, thinned, by site."""
    found = {name: thinned(sights[-1].rows) for name, sights in workshop.material.captures.items()}
    return {name: rows for name, rows in found.items() if Judge(rows).enough[is_attack(rows)].any()}


def compare_networks(workshop: Workshop) -> dict[str, dict]:
    """Figures of each algorithm for every capture that holds attacks; one seed. Thresholds are of the simulated validation networks."""
    compared: dict[str, dict] = {}
    validation = workshop.material.validation
    for name, rows in with_attacks(workshop).items():
        network = Network(rows)
        features, label = workshop.rows_without(frozenset({name}), SEED)
        learnt = subsample(label, ROWS_MAX)
        for kind, algorithm in ALGORITHMS.items():
            model, _ = fit(algorithm, algorithm.make(), features[learnt], label[learnt], class_weights())
            probabilities = model.predict_proba(rows.features)
            chosen = thresholds([simulated_trial(validation, model.predict_proba(validation.rows.features))])
            verdict = network.judge.verdicts(probabilities, chosen)
            compared.setdefault(name, {})[kind] = {
                "any": network.pooled_precision(probabilities),
                "classes": {
                    CLASSES[index]: class_figures(network.judge, probabilities, verdict, index)
                    for index in ATTACK_CLASSES
                    if network.judge.units[index].evidence.any()
                },
            }
            print(name, kind, compared[name][kind], flush=True)
    return compared


def class_figures(judge: Judge, probabilities: np.ndarray, verdict: np.ndarray, index: int) -> dict:
    own, flagged = judge.units[index], judge.flagged(verdict, index)
    precision, recall = share(own.own & flagged, flagged), share(own.evidence & flagged, own.evidence)
    area = judge.average_precision(probabilities, index)
    return {"actorWindows": int(own.evidence.sum()), "precision": precision, "recall": recall, "f1": harmonic(precision, recall), "averagePrecision": area}


def across_section(compared: dict[str, dict]) -> str:
    if not compared:
        return "Not measured in this run: there are no captures."
    pooled = {kind: [results[kind]["any"] for results in compared.values()] for kind in ALGORITHMS}
    overview = table(
        ["algorithm", *compared, "mean"],
        [[called(kind), *map(number, figures), number(float(np.mean(figures)))] for kind, figures in pooled.items()],
    )
    parts = [ABOUT, "Attack or not, average precision:\n\n" + overview]
    for name, results in compared.items():
        for subject, figures in results[FOREST]["classes"].items():
            rows = []
            for kind in ALGORITHMS:
                one = results[kind]["classes"][subject]
                rows.append([called(kind), *(number(one[key]) for key in ("precision", "recall", "f1", "averagePrecision"))])
            head = ["algorithm", "precision", "recall", "F1", "average precision"]
            parts.append(f"**{subject}**, {name}, {figures['actorWindows']} visible actor-windows:\n\n" + table(head, rows))
    return "\n\n".join(parts)


ABOUT = (
    "By models that have learnt from the simulation and the everyday traffic of the other captures, with thresholds from the simulated validation networks. "
    f"One seed, at most {ROWS_MAX:,} rows learnt from; attackers and at most {ACTORS_MAX:,} other clients of a capture, suspects left out, so that precision is that of a capture with fewer "
    "innocents than it has. Recall and average precision are of visible actor-windows. Size and speed are those of the table above. What the captures are and lack, and "
    "how the shipped forest does with thresholds that other captures had a say in, stands in `docs/networks.md`."
)
