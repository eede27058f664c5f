"""A model with its tests beside it: what `flowtrap detect` finds with it in a capture."""

import hashlib
import json
import tempfile
from pathlib import Path

import numpy as np

from flowtrap import flowtrap, run
from forest import to_onnx
from matrix import ATTACK_CLASSES, BENIGN, CLASSES, Rows
from trial import Model


def write_model(model: Model, train: Rows, path: Path) -> Path:
    """The model as a pair of files that flowtrap reads, `path` and its manifest beside it."""
    features, label = model.learnt
    onnx = to_onnx(model.forest, features.shape[1], model.calibration)
    path.write_bytes(onnx)
    manifest = {
        "magic": "flowtrap-model",
        "version": 1,
        "algorithm": "random forest",
        "onnxSha256": hashlib.sha256(onnx).hexdigest(),
        "featureHash": train.feature_hash,
        "features": train.names,
        "classes": CLASSES,
        "input": "X",
        "output": "probabilities",
        "thresholds": {CLASSES[kind]: model.thresholds[kind] for kind in ATTACK_CLASSES},
        "benignMedians": np.median(features[label == BENIGN], axis=0).tolist(),
        "data": {},
        "metrics": {},
        "libraries": {},
    }
    path.with_suffix(".json").write_text(json.dumps(manifest))
    return path


def with_tests(model: Model, train: Rows, logs: Path) -> dict:
    """Attackers found and false findings in a capture's logs, by the forest alone and with all detectors."""
    settings = ("--settings", str(logs.parent / f"{logs.name.rsplit('-', 1)[0]}.settings.json"))
    with tempfile.TemporaryDirectory(prefix="flowtrap-") as name:
        folder = Path(name)
        onnx = write_model(model, train, folder / "model.onnx")
        found = flowtrap("detect", str(logs), "--model", str(onnx), *settings)
        (folder / "findings.json").write_text(json.dumps(found))
        run("score", str(logs), "--model", str(onnx), *settings, "--out", str(folder / "scores.parquet"))
        unmatched = "benign" if "normal" in logs.name else "unlabelled"
        report = flowtrap(
            *("evaluate", "--scores", str(folder / "scores.parquet"), "--labels", str(logs / "labels.csv"), *settings),
            *("--findings", str(folder / "findings.json"), "--unmatched", unmatched, "--resamples", "1"),
        )
    return {
        "attackers": [
            {
                "label": attack["label"],
                "conversations": attack["conversations"],
                "byForest": attack["byScores"]["found"],
                "byAll": attack["byFindings"]["found"],
            }
            for attack in report["attacks"]
        ],
        "findings": report["findings"]["classes"],
        "falseFindings": report["findings"]["falseFindings"],
        "wrong": [{key: finding[key] for key in ("class", "title", "outcome")} for finding in report["findings"]["wrong"]],
    }

