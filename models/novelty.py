"""How novel networks look that were not learnt from.

    npm run python -- models/novelty.py [--data out/training]

Writes results/novelty.json: the share of their conversations that lies beyond what models/distance.py calls novel.
"""

import argparse
from pathlib import Path

import numpy as np

from distance import distance_of
from forest import SEED
from matrix import CLASSES, read_split
from train import HERE, read_material, write_json
from trial import Workshop

RESULTS = HERE / "results" / "novelty.json"


def main() -> None:
    parser = argparse.ArgumentParser(description="Measures how novel networks look that were not learnt from.")
    parser.add_argument("--data", type=Path, default=HERE.parent / "out" / "training", help="what models/data.py wrote")
    options = parser.parse_args()
    workshop = Workshop(read_material(options.data))
    rows = [share_beyond("simulation", workshop, frozenset(), read_split(options.data / "test").features)]
    for name, sights in workshop.material.captures.items():
        judged = sights[-1].rows
        rows.append(share_beyond(name, workshop, frozenset({name}), judged.features))
        for kind, label in enumerate(CLASSES):
            own = judged.features[judged.label == kind]
            if kind > 0 and len(own) > 0:
                rows.append(share_beyond(f"{name}: {label}", workshop, frozenset({name}), own))
    print(*rows, sep="\n")
    write_json(RESULTS, {"networks": rows})


def share_beyond(name: str, workshop: Workshop, left_out: frozenset[str], features: np.ndarray) -> dict:
    distance = distance_of(workshop.rows_without(left_out, SEED)[0])
    return {"name": name, "conversations": len(features), "beyond": round(float((distance.of_rows(features) > distance.beyond).mean()), 4)}


if __name__ == "__main__":
    main()
