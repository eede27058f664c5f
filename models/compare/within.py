"""Within one network, as most publications measure: every algorithm on conversations of a capture of which it has learnt the others."""

import numpy as np
from sklearn.metrics import f1_score
from sklearn.model_selection import train_test_split

from compare.across import with_attacks
from compare.algorithms import ALGORITHMS, fit
from compare.tables import called, number, table
from forest import SEED
from matrix import BENIGN, CLASSES, LEFT_OUT
from trial import Workshop

TEST_SHARE = 0.3
ROWS_MIN = 10  # of a class: fewer cannot be divided


def compare_within(workshop: Workshop) -> dict[str, dict]:
    """F1 of each class in every capture that holds attacks, a random 30 % of its conversations tested."""
    compared: dict[str, dict] = {}
    for name, rows in with_attacks(workshop).items():
        common = [index for index in range(len(CLASSES)) if (rows.label == index).sum() >= ROWS_MIN]
        kept = np.flatnonzero(np.isin(rows.label, common) & (rows.label != LEFT_OUT))
        train, test = train_test_split(kept, test_size=TEST_SHARE, stratify=rows.label[kept], random_state=SEED)
        for kind, algorithm in ALGORITHMS.items():
            model, _ = fit(algorithm, algorithm.make(), rows.features[train], rows.label[train])
            verdict, truth = model.predict(rows.features[test]), rows.label[test]
            f1 = f1_score(truth, verdict, average=None, labels=common, zero_division=0)
            compared.setdefault(name, {})[kind] = {
                "any": float(f1_score(truth != BENIGN, verdict != BENIGN)),
                **{CLASSES[index]: float(value) for index, value in zip(common, f1) if index != BENIGN},
            }
            print(name, kind, compared[name][kind], flush=True)
    return compared


def within_section(compared: dict[str, dict]) -> str:
    if not compared:
        return "Not measured in this run: there are no captures."
    columns = [(name, subject) for name, results in compared.items() for subject in next(iter(results.values()))]
    rows = [[called(kind), *(number(compared[name][kind][subject]) for name, subject in columns)] for kind in ALGORITHMS]
    head = [f"{name}: {'attack or not' if subject == 'any' else subject}" for name, subject in columns]
    return (
        f"F1 of conversations, a random {TEST_SHARE:.0%} of each capture tested and the rest learnt, attacks included, without weights or thresholds; classes of at least "
        f"{ROWS_MIN} conversations, background as innocent, suspects left out. Conversations of one attacker and minute are on both sides, which is why it looks so "
        "good: this is the figure that publications give, and it says nothing about the next network.\n\n" + table(["algorithm", *head], rows)
    )
