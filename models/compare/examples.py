"""One small example of each algorithm as ONNX, which shows that any of them can take the forest's place."""

import numpy as np

from compare.algorithms import ALGORITHMS, fit, subsample, to_onnx
from forest import SEED, scored
from manifest import library_versions, manifest_head
from matrix import ATTACK_CLASSES, BENIGN, CLASSES, Rows
from train import HERE, shortest, write_json

EXAMPLES = HERE.parent / "test" / "golden" / "model" / "algorithms"

EXAMPLE_ROWS = 240
EXAMPLE_BYTES_MAX = 60_000
EXAMPLE_THRESHOLD = 0.5  # of every class: nobody chose it for any network
EXAMPLE_TOLERANCE = 1e-5
GOLDEN_ROWS_PER_CLASS = 3


def export_examples(train: Rows, features: np.ndarray, label: np.ndarray) -> dict[str, dict]:
    """One model file, manifest and set of golden probabilities for each algorithm. Returns their sizes and differences."""
    chosen = subsample(label, EXAMPLE_ROWS)
    draw = np.random.default_rng(SEED)
    medians = np.median(features[label == BENIGN], axis=0)
    ordinary = [features[draw.choice(np.flatnonzero(label == kind), GOLDEN_ROWS_PER_CLASS)] for kind in range(len(CLASSES))]
    golden = np.vstack([*ordinary, medians, np.zeros(len(medians))]).astype(np.float32)
    probabilities, described = {}, {}
    for kind, algorithm in ALGORITHMS.items():
        model, _ = fit(algorithm, algorithm.make_small(), features[chosen], label[chosen])
        onnx = to_onnx(model, kind, features.shape[1])
        expected = model.predict_proba(golden)
        difference = float(np.abs(scored(onnx, golden) - expected).max())
        if len(onnx) > EXAMPLE_BYTES_MAX or difference > EXAMPLE_TOLERANCE:
            raise SystemExit(f"example {kind} has {len(onnx)} bytes and differs by {difference} from scikit-learn; make it smaller or exact")
        name = kind.lower().replace(" ", "-")
        EXAMPLES.mkdir(parents=True, exist_ok=True)
        (EXAMPLES / f"{name}.onnx").write_bytes(onnx)
        write_json(EXAMPLES / f"{name}.json", example_manifest(kind, onnx, train, features, label, difference))
        probabilities[name] = [[round(value, 9) for value in row] for row in expected.tolist()]
        described[kind] = {"name": name, "bytes": len(onnx), "difference": difference}
    source = "models/compare: scikit-learn's own probabilities for rows of its training data, for the benign medians and for zeros"
    write_json(EXAMPLES / "parity.json", {"source": source, "rows": shortest(golden), "probabilities": probabilities}, indent=None)
    return described


def example_manifest(kind: str, onnx: bytes, train: Rows, features: np.ndarray, label: np.ndarray, difference: float) -> dict:
    thresholds = dict.fromkeys(ATTACK_CLASSES, EXAMPLE_THRESHOLD)
    return {
        **manifest_head(kind, onnx, train, thresholds, features, label),
        "data": {"source": "flowtrap simulate", "rowsLearnt": EXAMPLE_ROWS, "purpose": "shows the format; too small to detect with"},
        "metrics": {"parityDifference": difference},
        "libraries": library_versions("numpy", "onnx", "onnxruntime", "scikit-learn", "skl2onnx"),
    }
