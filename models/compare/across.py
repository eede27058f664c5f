"""Across networks: every algorithm on captures that it has not learnt from."""

import numpy as np

from compare.algorithms import ALGORITHMS, FOREST, fit
from compare.tables import called, number, table
from forest import SEED, class_weights
from matrix import ATTACK_CLASSES, BENIGN, CLASSES, Rows, groups
from networks import Network
from trial import Workshop

# Actors judged of a capture: attackers all, of the others so many, since k-NN takes minutes for all of CTU-13.
ACTORS_MAX = 3_000


def thinned(rows: Rows) -> Rows:
    """All conversations of attackers, and of some of the other clients."""
    attack = (rows.label != BENIGN) & (rows.label < len(CLASSES))
    client = groups(rows.network, rows.client)
    attacker = np.bincount(client, weights=attack) > 0
    drawn = np.random.default_rng(SEED).permutation(len(attacker))[:ACTORS_MAX]
    kept = attacker.copy()
    kept[drawn] = True
    return rows.chosen(kept[client])


def compare_networks(workshop: Workshop) -> dict[str, dict]:
    """Average precision of each algorithm, attack or not and by class, for every capture that holds attacks; one seed."""
    compared: dict[str, dict] = {}
    for name, sights in workshop.material.captures.items():
        network = Network(thinned(sights[-1].rows))
        if not network.judge.enough[(network.judge.rows.label != BENIGN) & (network.judge.rows.label < len(CLASSES))].any():
            continue
        features, label = workshop.rows_without(frozenset({name}), SEED)
        for kind, algorithm in ALGORITHMS.items():
            model, _ = fit(algorithm, algorithm.make(), features, label, class_weights())
            probabilities = model.predict_proba(network.judge.rows.features)
            classes = [index for index in ATTACK_CLASSES if network.judge.units[index].evidence.any()]
            precision = {CLASSES[index]: network.judge.average_precision(probabilities, index) for index in classes}
            compared.setdefault(name, {})[kind] = {"any": network.pooled_precision(probabilities), **precision}
            print(name, kind, {key: round(value, 3) for key, value in compared[name][kind].items()}, flush=True)
    return compared


def across_section(compared: dict[str, dict]) -> str:
    if not compared:
        return "Not measured in this run: there are no captures."
    columns = [(name, subject) for name, results in compared.items() for subject in results[FOREST]]
    rows = []
    for kind in ALGORITHMS:
        figures = [compared[name][kind][subject] for name, subject in columns]
        pooled = [results[kind]["any"] for results in compared.values()]
        rows.append([called(kind), *map(number, figures), number(float(np.mean(pooled)))])
    head = [f"{name}: {'attack or not' if subject == 'any' else subject}" for name, subject in columns]
    return (
        "Average precision over visible actor-windows of captures of real networks, by models that have learnt from the simulation and the everyday traffic of the "
        f"other captures. One seed; at most {ACTORS_MAX:,} clients of a capture besides attackers. The last column is the mean of attack or not. What the "
        "captures are and lack stands in `docs/networks.md`, with thresholds and false alerts.\n\n" + table(["algorithm", *head, "mean"], rows)
    )
