"""Trains the random forest that flowtrap ships.

    npm run python -- models/train.py [--data out/training] [--simulated-only] [--out DIR]

Reads the matrices that models/data.py writes. Writes random-forest.onnx and random-forest.json (the manifest) beside this file and
test/golden/model/parity.json; with --out all three go to a folder of yours. The same matrices give the same bytes.
"""

import argparse
import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np

from data import SPLITS
from distance import distance_of
from forest import BENIGN_ROWS_PER_UNIT_MAX, BENIGN_WEIGHT, KIND, ROWS_PER_UNIT_MAX, SEED, SHIPPED, STRANGERS_KEPT, fit, nodes, scored, to_onnx
from judge import Attack, Judge
from manifest import library_versions, manifest_head
from matrix import ATTACK_CLASSES, CLASSES, EVIDENCE_MIN, Rows, read_matrix, read_split, refuse_other_tables, refuse_shared_networks
from trial import FALSE_FINDINGS_PER_1000_HOST_HOURS, FALSE_FINDINGS_PER_HOUR, Material, Model, Workshop, material

HERE = Path(__file__).resolve().parent
GOLDEN = HERE.parent / "test" / "golden" / "model" / "parity.json"

ONNX_BYTES_MAX = 1_000_000  # loading and scoring time grow with the number of nodes
PARITY_TOLERANCE = 1e-5


def read_captures(folder: Path) -> list[Rows]:
    return [read_matrix(path) for path in sorted(folder.glob("*.parquet"))]


def read_material(data: Path, simulated_only: bool = False) -> Material:
    """Training and validation networks, and captures. Stops when there are no captures and nobody said to do without."""
    captures = [] if simulated_only else read_captures(data / "captures")
    if not captures and not simulated_only:
        raise SystemExit(f"no capture in {data / 'captures'}; write them with models/data.py --captures, or train with --simulated-only")
    return material(read_split(data / "train"), read_split(data / "validation"), captures)


# --------------------------------------------------------------------------------------------------------------------- writing


def check_parity(onnx: bytes, model: Model, features: np.ndarray) -> float:
    """Largest difference between the exported model and scikit-learn's own, calibrated alike."""
    difference = float(np.abs(scored(onnx, features) - model.probabilities(features)).max())
    if difference > PARITY_TOLERANCE:
        raise SystemExit(f"the exported model differs from scikit-learn by {difference}, expected at most {PARITY_TOLERANCE}")
    return difference


def parity_rows(model: Model) -> np.ndarray:
    """A fixed matrix: rows of every class, the edges of the table, and values that stand exactly on a split."""
    features, label = model.learnt
    draw = np.random.default_rng(SEED)
    ordinary = [features[draw.choice(np.flatnonzero(label == index), 20)] for index in range(len(CLASSES))]
    width = features.shape[1]
    edges = [np.zeros(width), np.full(width, -60), np.full(width, 60), features.min(axis=0), features.max(axis=0)]
    splits = []
    for estimator in model.forest.estimators_[:20]:
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


def data_summary(splits: dict[str, Rows], captures: list[Rows], learnt: np.ndarray) -> dict:
    described: dict = {}
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
    described["captures"] = [capture_summary(rows, index) for rows in captures for index in range(len(rows.networks))]
    described["train"]["rowsLearnt"] = {CLASSES[index]: int((learnt == index).sum()) for index in range(len(CLASSES))}
    return described


def capture_summary(rows: Rows, index: int) -> dict:
    """Of one of the captures of a site."""
    capture = rows.networks[index]
    own = rows.chosen(rows.network == index)
    told = {key: capture[key] for key in ("name", "source", "file", "sha256", "terms", "caution", "aggregationSeconds", "records")}
    return told | {"conversations": len(own.label), "hostHours": own.host_hours}


def found_by(attacks: list[Attack], field: str, wanted: Callable[[Attack], bool]) -> dict[str, list[int]]:
    """[found, simulated] for every value of a field, among the attacks that are wanted."""
    counts: dict = {}
    for attack in filter(wanted, attacks):
        count = counts.setdefault(getattr(attack, field), [0, 0])
        count[0] += attack.found
        count[1] += 1
    return {str(key): counts[key] for key in sorted(counts)}


def measured(model: Model, judges: dict[str, Judge]) -> dict:
    """Figures on simulated networks of the splits that were not learnt from."""
    probabilities = {name: model.probabilities(judge.rows.features) for name, judge in judges.items()}
    verdicts = {name: judge.verdicts(probabilities[name], model.thresholds) for name, judge in judges.items()}
    attacks = [attack for name in ("test", "intensity") for attack in judges[name].attacks(verdicts[name])]
    return {
        **{name: judges[name].measure(verdicts[name]) for name in ("validation", "test")},
        "scenarios": found_by(attacks, "scenario", lambda attack: attack.intensity == 1),
        "intensities": {kind: found_by(attacks, "intensity", lambda attack: attack.kind == kind) for kind in CLASSES[1:]},
    }


def settings_of(model: Model, onnx: bytes) -> dict:
    importances = sorted(zip(range(len(model.forest.feature_importances_)), model.forest.feature_importances_), key=lambda pair: -pair[1])
    return {
        "trees": SHIPPED.trees,
        "depth": SHIPPED.depth,
        "leafRowsMin": SHIPPED.leaf_rows_min,
        "rowsPerUnitMax": ROWS_PER_UNIT_MAX,
        "benignRowsPerUnitMax": BENIGN_ROWS_PER_UNIT_MAX,
        "strangersKept": STRANGERS_KEPT,
        "benignWeight": BENIGN_WEIGHT,
        "evidenceMin": {CLASSES[kind]: least for kind, least in EVIDENCE_MIN.items()},
        "falseFindingsPerHour": {CLASSES[kind]: rate for kind, rate in FALSE_FINDINGS_PER_HOUR.items()},
        "falseFindingsPer1000HostHours": {CLASSES[kind]: rate for kind, rate in FALSE_FINDINGS_PER_1000_HOST_HOURS.items()},
        "calibration": {
            CLASSES[kind]: {"slope": float(model.calibration.slope[kind - 1]), "offset": float(model.calibration.offset[kind - 1])}
            for kind in ATTACK_CLASSES
        },
        "nodes": nodes(model.forest),
        "bytes": len(onnx),
        "importances": [[int(index), round(float(share), 4)] for index, share in importances],
    }


def export(model: Model, width: int) -> bytes:
    """The model's bytes. Stops when a second fit gives others, or when there are too many."""
    onnx = to_onnx(model.forest, width, model.calibration)
    again = fit(*model.learnt, jobs=1)
    if onnx != to_onnx(again, width, model.calibration):
        raise SystemExit("training twice gave two models, expected the same bytes")
    if len(onnx) > ONNX_BYTES_MAX:
        raise SystemExit(f"the model has {len(onnx)} bytes, expected at most {ONNX_BYTES_MAX}; take fewer trees or less depth")
    return onnx


def main() -> None:
    parser = argparse.ArgumentParser(description="Trains the random forest that flowtrap ships.")
    parser.add_argument("--data", type=Path, default=HERE.parent / "out" / "training", help="what models/data.py wrote")
    parser.add_argument("--simulated-only", action="store_true", help="do without captures; the model will not be the shipped one")
    parser.add_argument("--out", type=Path, default=HERE, help="folder for the model")
    options = parser.parse_args()

    made = read_material(options.data, options.simulated_only)
    splits = {name: read_split(options.data / name) for name in SPLITS}
    refuse_shared_networks(splits)
    refuse_other_tables(list(splits.values()))
    workshop = Workshop(made)
    model = workshop.model()
    width = len(made.train.names)
    onnx = export(model, width)
    judges = {"validation": made.validation, **{name: Judge(splits[name]) for name in ("test", "intensity")}}
    captures = [judge.rows for sights in made.captures.values() for judge in sights]
    features, label = model.learnt
    manifest = {
        **manifest_head(KIND, onnx, made.train, model.thresholds, features, label),
        "novelty": distance_of(features).described(),
        "data": data_summary(splits, captures, label),
        "metrics": {
            **measured(model, judges),
            "settings": settings_of(model, onnx),
            "parityDifference": check_parity(onnx, model, splits["test"].features),
        },
        "libraries": library_versions("numpy", "onnx", "onnxruntime", "pyarrow", "scikit-learn", "scipy", "skl2onnx"),
    }
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "random-forest.onnx").write_bytes(onnx)
    write_json(options.out / "random-forest.json", manifest)
    golden = parity_rows(model)
    write_json(
        GOLDEN if options.out == HERE else options.out / "parity.json",
        {
            "source": "models/train.py: scikit-learn's own probabilities, calibrated, for rows of its training data and for edges",
            "onnxSha256": manifest["onnxSha256"],
            "rows": shortest(golden),
            "probabilities": [[round(value, 9) for value in row] for row in model.probabilities(golden).tolist()],
        },
        indent=None,
    )
    print(json.dumps({"bytes": len(onnx), "thresholds": manifest["thresholds"], "test": manifest["metrics"]["test"]}, indent=1))


if __name__ == "__main__":
    main()
