"""Runs what must be refused, on small matrices made here; prints the message of each as JSON. Run by refusals.test.ts."""

import json
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "models"))

import captures  # noqa: E402
import own  # noqa: E402
import train  # noqa: E402
from forest import fit  # noqa: E402
from matrix import CLASSES, read_matrix, read_split, refuse_shared_networks  # noqa: E402
from trial import material  # noqa: E402

FEATURES = json.loads((ROOT / "models" / "random-forest.json").read_text())["features"]


def write(folder: Path, name: str, plan: dict, feature_hash: str = "a" * 64, labels=("benign",), version: str = "1", labelled: bool = True) -> Path:
    """A matrix with a row for each label, and its plan."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = len(labels)
    columns = {
        "window_start": np.full(rows, 1_790_000_100),
        **{key: ["10.0.0.1"] * rows for key in ("interface_id", "client", "server")},
        **{key: np.full(rows, 6) for key in ("server_port", "protocol", "flows")},
        **({"label": list(labels)} if labelled else {}),
        **{feature: np.zeros(rows, np.float32) for feature in FEATURES},
    }
    table = pa.table(columns).replace_schema_metadata({"flowtrap.matrix": version, "flowtrap.feature_hash": feature_hash})
    path = folder / f"{name}.parquet"
    pq.write_table(table, path)
    path.with_suffix(".json").write_text(json.dumps(plan))
    return path


def message(action) -> str:
    try:
        action()
    except SystemExit as stopped:
        return str(stopped)
    return "not refused"


def main(folder: Path) -> None:
    plan = {"seed": 1, "minutes": 60, "records": 1, "scenarios": []}
    real = {"name": "ours", "minutes": 60, "records": 1}
    write(folder / "mixed", "1", plan)
    write(folder / "mixed", "2", {**plan, "seed": 2}, feature_hash="b" * 64)
    one = read_matrix(write(folder / "one", "1", plan))
    same = read_matrix(write(folder / "same", "1", plan))
    other = read_matrix(write(folder / "other", "2", {**plan, "seed": 2}))
    strange = read_matrix(write(folder / "strange", "2", {**plan, "seed": 2}, feature_hash="b" * 64))
    strange_capture = read_matrix(write(folder / "strange", "ours", real, feature_hash="b" * 64))
    sights = [read_matrix(write(folder / "captures", f"ours-{interval}", real)) for interval in (60, 600)]
    features = np.zeros((4, len(FEATURES)), np.float32)
    (folder / "wrong.xz").write_bytes(b"something else")
    print(
        json.dumps(
            {
                "hash": message(lambda: read_split(folder / "mixed")),
                "sideHash": message(lambda: material(one, strange, [])),
                "captureHash": message(lambda: material(one, other, [strange_capture])),
                "judgedHash": message(lambda: own.shipped(one)),
                "shippedHash": json.loads((ROOT / "models" / "random-forest.json").read_text())["featureHash"],
                "version": message(lambda: read_matrix(write(folder / "version", "1", plan, version="9"))),
                "unlabelled": message(lambda: read_matrix(write(folder / "bare", "1", plan, labelled=False))),
                "label": message(lambda: read_matrix(write(folder / "label", "1", plan, labels=("worm",)))),
                "empty": message(lambda: read_split(folder / "nothing")),
                "class": message(lambda: fit(features, np.array([0, 1, 2, 3]))),
                "split": message(lambda: material(one, same, [])),
                "capture": message(lambda: refuse_shared_networks({"train": sights[0], "test": sights[1]})),
                "apart": message(lambda: refuse_shared_networks({"train": one, "validation": other})),
                "captures": message(lambda: train.read_material(folder / "one")),
                "absent": message(lambda: captures.check(folder / "absent.xz", "a" * 64)),
                "changed": message(lambda: captures.check(folder / "wrong.xz", "a" * 64)),
                "classes": CLASSES,
            }
        )
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
