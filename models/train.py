"""Trains the random forest that flowtrap ships.

    npm run python -- models/train.py [--data out/training]

Reads the matrices that models/data.py writes. Writes random-forest.onnx, random-forest.json (the manifest) and MODEL_CARD.md beside
this file, and test/golden/model/parity.json. The same matrices give the same bytes.
"""

import argparse
import hashlib
import json
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import numpy as np
import onnxruntime
from skl2onnx import convert_sklearn
from skl2onnx.common.data_types import FloatTensorType
from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier

from card import model_card
from data import SPLITS
from judge import Attack, Judge
from matrix import ATTACK_CLASSES, BENIGN, CLASSES, CONTROL, EXFILTRATION, FLOOD, GUESSING, SCAN, UNLABELLED
from matrix import EVIDENCE_MIN, Rows, groups, has_evidence, read_split, units

HERE = Path(__file__).resolve().parent
GOLDEN = HERE.parent / "test" / "golden" / "model" / "parity.json"

# --------------------------------------------------------------------------------------------------------------------- settings

SEED = 7  # of sampling and of the forest
KIND = "random forest"
TREES = 20  # more trees cost scoring time and find nothing more, see the table that compare() makes
DEPTH = 12  # deeper still gains on simulated networks, see the table, which is no reason to trust it on real ones; leaves end long before,
# so that the forest has about as many nodes as 20 full trees of depth 8, and nodes are what loading and scoring cost
LEAF_ROWS_MIN = 5  # small enough for the few uploads and floods there are, see the table; no single row makes a rule
FEATURES_PER_SPLIT = 10  # of 45: most splits have to get by without the best feature, so that the forest leans on none

# Rows kept of one actor-window and label. A scan of 65,535 ports is one attack seen once, not 65,535 examples; everyday hosts
# repeat themselves less and are what false alerts come from, but ten conversations show a host's window well enough.
ROWS_PER_UNIT_MAX = 10

# Weight of everyday traffic among all classes, the attack classes share the rest. With its true share (over 99 %) the rare attacks would not be
# learnt, with equal shares it would be one sixth and too little of its variety would. Thresholds put the rest right.
BENIGN_WEIGHT = 0.8

# False findings an hour that each threshold may cause in a validation network of 30 hosts, strangers from the internet counted. Those of
# command and control raise nothing alone and floods need volume besides, so that less than the one an hour that an operator is promised is left.
# Uploads get most, because backups look just like them, then guessing, for scheduled tools; scans stand out.
FALSE_FINDINGS_PER_HOUR = {SCAN: 0.05, GUESSING: 0.3, FLOOD: 0.15, CONTROL: 0.1, EXFILTRATION: 0.4}

# Sizes and kinds compared on the validation networks; the card shows the table.
COMPARED = (
    ("random forest", 20, 6, 5),
    ("random forest", 10, 8, 5),
    ("random forest", 20, 8, 20),
    ("random forest", 20, 8, 5),
    ("random forest", 40, 8, 5),
    ("random forest", 20, 10, 5),
    ("random forest", 20, 12, 5),
    ("random forest", 20, 16, 5),
    ("random forest", 40, 12, 5),
    ("extremely randomised trees", 40, 12, 5),
)

OPSET = {"": 17, "ai.onnx.ml": 3}  # read by every onnxruntime since 1.12
ONNX_BYTES_MAX = 1_048_576  # loading and scoring time grow with the number of nodes
PARITY_TOLERANCE = 1e-5

# --------------------------------------------------------------------------------------------------------------------- training


def strangers_are_innocent(rows: Rows) -> None:
    """
    Drops `unlabelled`, but for strangers from the internet: those count as benign. They try a port or two everywhere all day; a
    forest that never saw them takes them for scans, and nobody wants to be woken for them.
    """
    stranger = (rows.label == UNLABELLED) & (rows.column("client_is_ours") == 0)
    rows.label = np.where(stranger, BENIGN, rows.label)


def sample(rows: Rows) -> np.ndarray:
    """Rows to learn from, ascending: labelled, with enough evidence, at most ROWS_PER_UNIT_MAX of one actor-window and label."""
    unit = np.where(rows.label == FLOOD, units(rows, FLOOD) + 1_000_000_000, groups(rows.network, rows.client, rows.window))
    key = groups(unit, rows.label)
    order = np.random.default_rng(SEED).permutation(len(key))
    order = order[np.argsort(key[order], kind="stable")]
    starts = np.flatnonzero(np.diff(key[order], prepend=-1))
    rank = np.arange(len(order)) - np.repeat(starts, np.diff(np.append(starts, len(order))))
    kept = np.sort(order[rank < ROWS_PER_UNIT_MAX])
    return kept[(rows.label[kept] != UNLABELLED) & has_evidence(rows)[kept]]


def class_weights() -> dict[int, float]:
    attack = (1 - BENIGN_WEIGHT) / len(ATTACK_CLASSES)
    return {BENIGN: BENIGN_WEIGHT, **{kind: attack for kind in ATTACK_CLASSES}}


def fit(features: np.ndarray, label: np.ndarray, kind: str, trees: int, depth: int, leaf_rows_min: int, jobs: int = 2):
    counts = np.bincount(label, minlength=len(CLASSES))
    if (counts == 0).any():
        missing = ", ".join(CLASSES[index] for index in np.flatnonzero(counts == 0))
        raise SystemExit(f"no training row of {missing}, expected all of {', '.join(CLASSES)}; simulate networks that hold them")
    weight = np.array([class_weights()[index] * len(label) / counts[index] for index in range(len(CLASSES))])
    algorithm = {"random forest": RandomForestClassifier, "extremely randomised trees": ExtraTreesClassifier}[kind]
    forest = algorithm(
        n_estimators=trees,
        max_depth=depth,
        min_samples_leaf=leaf_rows_min,
        max_features=FEATURES_PER_SPLIT,
        random_state=SEED,
        n_jobs=jobs,
    )
    return forest.fit(features, label, sample_weight=weight[label])


def to_onnx(forest, width: int) -> bytes:
    """Float32 input X (rows × features), output probabilities (rows × classes). The fixed name keeps the bytes the same every time."""
    model = convert_sklearn(
        forest,
        name="random-forest",
        initial_types=[("X", FloatTensorType([None, width]))],
        options={"zipmap": False},
        target_opset=OPSET,
    )
    model.opset_import.sort(key=lambda opset: opset.domain)  # skl2onnx leaves them in the order of a set, which differs from run to run
    return model.SerializeToString(deterministic=True)


def nodes(forest) -> int:
    return sum(tree.tree_.node_count for tree in forest.estimators_)


def compare(features: np.ndarray, label: np.ndarray, validation: Judge) -> list[dict]:
    """Quality against size. Average precision is of actor-windows, its mean over the attack classes."""
    results = []
    for kind, trees, depth, leaf_rows_min in COMPARED:
        forest = fit(features, label, kind, trees, depth, leaf_rows_min)
        probabilities = forest.predict_proba(validation.rows.features)
        thresholds = validation.thresholds(probabilities, FALSE_FINDINGS_PER_HOUR)
        attacks = validation.attacks(validation.verdicts(probabilities, thresholds))
        precisions = [validation.average_precision(probabilities, index) for index in ATTACK_CLASSES]
        results.append(
            {
                "algorithm": kind,
                "trees": trees,
                "depth": depth,
                "leafRowsMin": leaf_rows_min,
                "nodes": nodes(forest),
                "bytes": len(to_onnx(forest, features.shape[1])),
                "averagePrecision": round(float(np.mean(precisions)), 4),
                "attacks": len(attacks),
                "attacksFound": sum(attack.found for attack in attacks),
            }
        )
        print(results[-1])
    return results


# --------------------------------------------------------------------------------------------------------------------- writing


def scored(onnx: bytes, features: np.ndarray) -> np.ndarray:
    session = onnxruntime.InferenceSession(onnx, providers=["CPUExecutionProvider"])
    return session.run(["probabilities"], {"X": features})[0]


def check_parity(onnx: bytes, forest, features: np.ndarray) -> float:
    """Largest difference between the exported model and scikit-learn's own."""
    difference = float(np.abs(scored(onnx, features) - forest.predict_proba(features)).max())
    if difference > PARITY_TOLERANCE:
        raise SystemExit(f"the exported model differs from scikit-learn by {difference}, expected at most {PARITY_TOLERANCE}")
    return difference


def parity_rows(features: np.ndarray, label: np.ndarray, forest) -> np.ndarray:
    """A fixed matrix: rows of every class, the edges of the table, and values that stand exactly on a split."""
    draw = np.random.default_rng(SEED)
    ordinary = [features[draw.choice(np.flatnonzero(label == index), 20)] for index in range(len(CLASSES))]
    width = features.shape[1]
    edges = [np.zeros(width), np.full(width, -60), np.full(width, 60), features.min(axis=0), features.max(axis=0)]
    splits = []
    for estimator in forest.estimators_[:20]:
        row = np.array(ordinary[0][len(splits) % 20])
        row[estimator.tree_.feature[0]] = estimator.tree_.threshold[0]
        splits.append(row)
    return np.vstack([*ordinary, *edges, *splits]).astype(np.float32)


def shortest(values: np.ndarray) -> list:
    """Decimals that read back as the same 32-bit floats."""
    return [[float(str(value)) for value in row] for row in values.astype(np.float32)]


def write_json(path: Path, value: object, indent: int | None = 1) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, indent=indent, ensure_ascii=False) + "\n", encoding="utf-8")


def data_summary(splits: dict[str, Rows], learnt: np.ndarray) -> dict:
    described = {}
    for name, rows in splits.items():
        seeds = [network["seed"] for network in rows.networks]
        described[name] = {
            "source": "flowtrap simulate",
            "seeds": [min(seeds), max(seeds)],
            "networks": len(rows.networks),
            "hours": round(rows.hours, 2),
            "records": sum(network["records"] for network in rows.networks),
            "conversations": len(rows.label),
        }
    described["train"]["rowsLearnt"] = {CLASSES[index]: int((learnt == index).sum()) for index in range(len(CLASSES))}
    return described


def found_by(attacks: list[Attack], field: str, wanted: Callable[[Attack], bool]) -> dict[str, list[int]]:
    """[found, simulated] for every value of a field, among the attacks that are wanted."""
    counts: dict = {}
    for attack in filter(wanted, attacks):
        count = counts.setdefault(getattr(attack, field), [0, 0])
        count[0] += attack.found
        count[1] += 1
    return {str(key): counts[key] for key in sorted(counts)}


def main() -> None:
    parser = argparse.ArgumentParser(description="Trains the random forest that flowtrap ships.")
    parser.add_argument("--data", type=Path, default=HERE.parent / "out" / "training", help="what models/data.py wrote")
    options = parser.parse_args()

    splits = {name: read_split(options.data / name) for name in SPLITS}
    train = splits["train"]
    for name, rows in splits.items():
        if rows.feature_hash != train.feature_hash:
            raise SystemExit(f"{name} has feature table {rows.feature_hash}, train {train.feature_hash}; write both with one build")
    judges = {name: Judge(rows) for name, rows in splits.items() if name != "train"}
    strangers_are_innocent(train)
    chosen = sample(train)
    features, label = train.features[chosen], train.label[chosen]

    compared = compare(features, label, judges["validation"])
    forest = fit(features, label, KIND, TREES, DEPTH, LEAF_ROWS_MIN)
    onnx = to_onnx(forest, features.shape[1])
    if onnx != to_onnx(fit(features, label, KIND, TREES, DEPTH, LEAF_ROWS_MIN, jobs=1), features.shape[1]):
        raise SystemExit("training twice gave two models, expected the same bytes")
    if len(onnx) > ONNX_BYTES_MAX:
        raise SystemExit(f"the model has {len(onnx)} bytes, expected at most {ONNX_BYTES_MAX}; take fewer trees or less depth")

    probabilities = {name: forest.predict_proba(judge.rows.features) for name, judge in judges.items()}
    difference = check_parity(onnx, forest, splits["test"].features)
    thresholds = judges["validation"].thresholds(probabilities["validation"], FALSE_FINDINGS_PER_HOUR)
    verdicts = {name: judge.verdicts(probabilities[name], thresholds) for name, judge in judges.items()}
    attacks = [attack for name in ("test", "intensity") for attack in judges[name].attacks(verdicts[name])]
    metrics = {
        **{name: judges[name].measure(verdicts[name]) for name in ("validation", "test")},
        "scenarios": found_by(attacks, "scenario", lambda attack: attack.intensity == 1),
        "intensities": {kind: found_by(attacks, "intensity", lambda attack: attack.kind == kind) for kind in CLASSES[1:]},
        "compared": compared,
        "parityDifference": difference,
    }
    manifest = {
        "magic": "flowtrap-model",
        "version": 1,
        "algorithm": KIND,
        "onnxSha256": hashlib.sha256(onnx).hexdigest(),
        "featureHash": train.feature_hash,
        "features": train.names,
        "classes": CLASSES,
        "input": "X",
        "output": "probabilities",
        "thresholds": {CLASSES[index]: thresholds[index] for index in ATTACK_CLASSES},
        "benignMedians": [round(float(value), 4) for value in np.median(features[label == BENIGN], axis=0)],
        "data": data_summary(splits, label),
        "metrics": metrics,
        "libraries": {name: version(name) for name in ("numpy", "onnx", "onnxruntime", "pyarrow", "scikit-learn", "scipy", "skl2onnx")},
    }
    (HERE / "random-forest.onnx").write_bytes(onnx)
    write_json(HERE / "random-forest.json", manifest)
    golden = parity_rows(features, label, forest)
    write_json(
        GOLDEN,
        {
            "source": "models/train.py: scikit-learn's own probabilities for rows of its training data and for edges",
            "onnxSha256": manifest["onnxSha256"],
            "rows": shortest(golden),
            "probabilities": [[round(value, 9) for value in row] for row in forest.predict_proba(golden).tolist()],
        },
        indent=None,
    )
    importances = sorted(zip(train.names, forest.feature_importances_.tolist()), key=lambda pair: -pair[1])
    settings = {
        "trees": TREES,
        "depth": DEPTH,
        "leafRowsMin": LEAF_ROWS_MIN,
        "rowsPerUnitMax": ROWS_PER_UNIT_MAX,
        "benignWeight": BENIGN_WEIGHT,
        "evidenceMin": {CLASSES[kind]: least for kind, least in EVIDENCE_MIN.items()},
        "falseFindingsPerHour": {CLASSES[kind]: rate for kind, rate in FALSE_FINDINGS_PER_HOUR.items()},
        "nodes": nodes(forest),
        "bytes": len(onnx),
    }
    card = model_card(manifest, settings, importances)
    (HERE / "MODEL_CARD.md").write_text(card, encoding="utf-8")
    print(card)


if __name__ == "__main__":
    main()
