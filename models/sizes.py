"""What size costs and brings: forests of several shapes, the shipped one among them.

    npm run python -- models/sizes.py [--data out/training]

Quality is judged on the simulated validation networks, by the votes of the forest with thresholds for these alone; cost is bytes, the time to open, and the
speed of one thread of onnxruntime. Speeds differ from run to run. Writes results/sizes.json.
"""

import argparse
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from forest import SEED, SHIPPED, fit, nodes, to_onnx
from matrix import ATTACK_CLASSES
from runtime import onnxruntime
from train import HERE, read_material, write_json
from trial import Workshop, simulated_trial, thresholds

RESULTS = HERE / "results" / "sizes.json"

SHAPES = (
    *(replace(SHIPPED, depth=depth) for depth in (6, 8, 10, 12, 14, 16, 18, 22)),
    *(replace(SHIPPED, leaf_rows_min=rows) for rows in (4, 16, 32)),
    *(replace(SHIPPED, trees=trees) for trees in (8, 30, 60)),
    replace(SHIPPED, trees=50, depth=8),
    *(replace(SHIPPED, kind="extremely randomised trees", depth=depth) for depth in (12, 16)),
)

CHUNK_ROWS = 512  # as the product scores
SPEED_ROWS = 65_536
PASSES = 3  # the best counts, so that what else the machine does counts little


def cost(onnx: bytes, features: np.ndarray) -> dict:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    opening, scoring = [], []
    for _ in range(PASSES):
        start = time.perf_counter()
        session = onnxruntime.InferenceSession(onnx, options, providers=["CPUExecutionProvider"])
        opening.append(time.perf_counter() - start)
        start = time.perf_counter()
        for at in range(0, len(features), CHUNK_ROWS):
            session.run(["probabilities"], {"X": features[at : at + CHUNK_ROWS]})
        scoring.append(time.perf_counter() - start)
    return {"openMilliseconds": round(min(opening) * 1000, 1), "rowsPerSecond": round(len(features) / min(scoring))}


def main() -> None:
    parser = argparse.ArgumentParser(description="Sets forests of several sizes side by side.")
    parser.add_argument("--data", type=Path, default=HERE.parent / "out" / "training", help="what models/data.py wrote")
    options = parser.parse_args()
    workshop = Workshop(read_material(options.data))
    features, label = workshop.rows_without(frozenset(), SEED)
    validation = workshop.material.validation
    probe = validation.rows.features[:SPEED_ROWS]
    shapes = []
    for shape in SHAPES:
        forest = fit(features, label, shape)
        votes = forest.predict_proba(validation.rows.features)
        attacks = validation.attacks(validation.verdicts(votes, thresholds([simulated_trial(validation, votes)])))
        onnx = to_onnx(forest, features.shape[1])
        shapes.append(
            {
                **{"algorithm": shape.kind, "trees": shape.trees, "depth": shape.depth, "leafRowsMin": shape.leaf_rows_min},
                **{"nodes": nodes(forest), "bytes": len(onnx)},
                **cost(onnx, probe),
                "averagePrecision": round(float(np.mean([validation.average_precision(votes, kind) for kind in ATTACK_CLASSES])), 4),
                "attacks": len(attacks),
                "attacksFound": sum(attack.found for attack in attacks),
            }
        )
        print(shapes[-1], flush=True)
    write_json(RESULTS, {"seed": SEED, "chunkRows": CHUNK_ROWS, "shapes": shapes})


if __name__ == "__main__":
    main()
