"""A model with its tests beside it: what `flowtrap detect` finds with it."""

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from coverage import Coverage
from data import simulate
from flowtrap import flowtrap, run
from forest import to_onnx
from manifest import manifest_head
from matrix import ATTACK_CLASSES, BENIGN, CLASSES, Rows
from trial import Model


def write_model(model: Model, train: Rows, path: Path) -> Path:
    """The model as a pair of files that flowtrap reads, `path` and its manifest beside it."""
    features, label = model.learnt
    onnx = to_onnx(model.forest, features.shape[1], model.calibration)
    path.write_bytes(onnx)
    manifest = {
        **manifest_head("random forest", onnx, train, model.thresholds, features, label),
        "data": {},
        "metrics": {},
        "libraries": {},
    }
    path.with_suffix(".json").write_text(json.dumps(manifest))
    return path


@dataclass
class Beside:
    """Findings of all detectors in a network, and which rows of its matrix each is about."""

    length: int  # of the matrix
    findings: list[dict]
    rows: list[np.ndarray]
    report: dict | None = None  # of captures: attackers found and false findings, by flowtrap evaluate

    def covered(self, kind: int) -> np.ndarray:
        """Rows that some finding of the class is about."""
        own = [rows for finding, rows in zip(self.findings, self.rows) if finding["class"] == CLASSES[kind]]
        return np.logical_or.reduce([np.zeros(self.length, bool), *own])

    def false_findings(self, kind: int, attack: np.ndarray) -> int:
        """Findings of the class of which no row is an attack of any class."""
        return sum(finding["class"] == CLASSES[kind] and not (rows & attack).any() for finding, rows in zip(self.findings, self.rows))


def beside_capture(model: Model, train: Rows, logs: Path) -> Beside:
    """In the logs of a capture, whose matrix and settings are beside them."""
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
    coverage = Coverage(logs.with_name(f"{logs.name}.parquet"))
    return Beside(len(coverage.window), found["findings"], [coverage.rows_of(finding) for finding in found["findings"]], described(report))


def described(report: dict) -> dict:
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


def beside_simulation(model: Model, train: Rows, folder: Path) -> Beside:
    """In the simulated networks of a split, whose logs are made once more; rows in the order in which `read_split` has them."""
    paths = sorted(folder.glob("*.parquet"))
    coverages = [Coverage(path) for path in paths]
    starts = np.cumsum([0, *(len(coverage.window) for coverage in coverages)])
    every = Beside(starts[-1], [], [])
    with tempfile.TemporaryDirectory(prefix="flowtrap-") as name:
        onnx = write_model(model, train, Path(name) / "model.onnx")
        for path, coverage, start in zip(paths, coverages, starts):
            for finding in detected(onnx, json.loads(path.with_suffix(".json").read_text())):
                rows = np.zeros(starts[-1], bool)
                rows[start : start + len(coverage.window)] = coverage.rows_of(finding)
                every.findings.append(finding)
                every.rows.append(rows)
    return every


def detected(onnx: Path, plan: dict) -> list[dict]:
    """Findings in a network that is simulated for it."""
    with tempfile.TemporaryDirectory(prefix="flowtrap-") as logs:
        simulate(plan, logs)
        return flowtrap("detect", logs, "--model", str(onnx))["findings"]
