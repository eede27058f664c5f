"""How far simulated conversations are from real ones, feature by feature.

    npm run python -- models/gap.py [--data out/training]

Compares what is learnt of each class with the same class in every capture that has enough of it: the Kolmogorov-Smirnov distance of each feature, 0 for
the same distribution and 1 for none in common. Writes results/gap.json.
"""

import argparse
from pathlib import Path

import numpy as np
from scipy.stats import ks_2samp

from captures import everyday
from forest import sample, strangers_are_innocent
from matrix import BENIGN, CLASSES, LEFT_OUT, Rows
from train import HERE, read_captures, read_split, write_json

RESULTS = HERE / "results" / "gap.json"
ROWS_MIN = 20  # fewer say nothing about a distribution
FEATURES_SHOWN = 10
SIGHT = 600


def learnable(rows: Rows) -> tuple[np.ndarray, np.ndarray]:
    """Features and labels of a few rows of every actor-window, as for training; attacks of captures as well."""
    label = np.where(rows.label == BENIGN, LEFT_OUT, rows.label)
    both = rows.labelled(np.where(everyday(rows).label == BENIGN, BENIGN, label))
    chosen = sample(both)
    return both.features[chosen], both.label[chosen]


def distances(simulated: np.ndarray, real: np.ndarray, names: tuple[str, ...]) -> dict:
    rows = []
    for index, name in enumerate(names):
        distance = float(ks_2samp(simulated[:, index], real[:, index]).statistic)
        medians = (float(np.median(side[:, index])) for side in (simulated, real))
        rows.append((distance, name, *(round(value, 2) for value in medians)))
    rows.sort(reverse=True)
    keys = ("name", "distance", "simulated", "real")
    shown = [dict(zip(keys, (name, round(distance, 3), *medians))) for distance, name, *medians in rows[:FEATURES_SHOWN]]
    return {"mean": round(float(np.mean([distance for distance, *_ in rows])), 4), "features": shown}


def main() -> None:
    parser = argparse.ArgumentParser(description="Compares simulated with real conversations.")
    parser.add_argument("--data", type=Path, default=HERE.parent / "out" / "training", help="what models/data.py wrote")
    options = parser.parse_args()
    train = strangers_are_innocent(read_split(options.data / "train"))
    chosen = sample(train)
    features, label = train.features[chosen], train.label[chosen]
    classes = []
    for rows in read_captures(options.data / "captures"):
        plan = rows.networks[0]
        if plan["aggregationSeconds"] != SIGHT:
            continue
        real, real_label = learnable(rows)
        for kind, name in enumerate(CLASSES):
            own = real[real_label == kind]
            if len(own) >= ROWS_MIN:
                compared = distances(features[label == kind], own, train.names)
                classes.append({"class": name, "network": plan["name"], "rows": len(own), **compared})
    classes.sort(key=lambda one: CLASSES.index(one["class"]))
    about = (
        f"Kolmogorov-Smirnov distance between simulated training rows and rows of a capture, the {FEATURES_SHOWN} features furthest apart; only classes of which "
        f"a capture has {ROWS_MIN} rows. Units are those of the feature table. One real attacker is one way of attacking: a large distance to it need not be a fault "
        "of the simulation, a small one is no proof."
    )
    write_json(RESULTS, {"about": about, "classes": classes})


if __name__ == "__main__":
    main()
