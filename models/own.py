"""Trains on labelled networks of one's own beside the simulated ones.

    npm run python -- models/own.py MATRICES --held-out NAME [--data out/training] --out DIR

MATRICES holds what `flowtrap features --labels` wrote, each with its plan beside it: {"name": ..., "minutes": ...}. Writes DIR/random-forest.onnx and its
manifest, and prints what the shipped and the new model find in the network held out. See docs/retraining.md.
"""

import argparse
import json
from dataclasses import replace
from pathlib import Path

import numpy as np

from beside import write_model
from captures import without_suspects
from forest import SEED, fit, sample, scored
from judge import Judge, findings
from matrix import ATTACK_CLASSES, CLASSES, Rows, join, network_name, read_split, refuse_other_tables, refuse_shared_networks
from train import HERE, read_captures
from trial import Model, calibrated_on, captured_trial, material, simulated_trial, thresholds


def learn(own: list[Rows], data: Path) -> Model:
    """As the shipped model, with own networks in training. Each is also judged by a forest without it, for thresholds that suit it."""
    made = material(read_split(data / "train"), read_split(data / "validation"), [])
    refuse_other_tables([made.train, *own])
    parts = [made.train, *map(without_suspects, own)]
    samples = [learnable(part) for part in parts]
    features, label = (np.concatenate(column) for column in zip(*samples))
    forest = fit(features, label)
    votes = forest.predict_proba(made.validation.rows.features)
    calibration = calibrated_on(made.validation.rows, votes, SEED)
    trials = [simulated_trial(made.validation, calibration.apply(votes))]
    for left_out, rows in enumerate(parts[1:], start=1):
        others = [sampled for index, sampled in enumerate(samples) if index != left_out]
        stranger = fit(*(np.concatenate(column) for column in zip(*others)))
        trial = captured_trial(Judge(rows), calibration.apply(stranger.predict_proba(rows.features)))
        # One finding an hour-long network may have: none at all would let a single odd host decide.
        trials.append(replace(trial, allowed={kind: max(1, most) for kind, most in trial.allowed.items()}))
    return Model(forest, calibration, thresholds(trials), (features, label))


def learnable(rows: Rows) -> tuple[np.ndarray, np.ndarray]:
    chosen = sample(rows)
    return rows.features[chosen], rows.label[chosen]


def report(rows: Rows, verdicts: dict[str, np.ndarray]) -> None:
    """A line for every class: actor-windows with enough of it, how many each model finds, and false findings."""
    judge = Judge(rows)
    for kind in ATTACK_CLASSES:
        own = judge.units[kind]
        words = [f"{CLASSES[kind]:20} {int(own.evidence.sum()):4} actor-windows"]
        for name, verdict in verdicts.items():
            flagged = judge.flagged(judge.verdicts(*verdict), kind)
            false = len(findings(own, flagged & ~own.own & ~own.other))
            words.append(f"{name}: {int((own.evidence & flagged).sum())} found, {false} false")
        print("  ".join(words))


def main() -> None:
    parser = argparse.ArgumentParser(description="Trains on labelled networks of one's own.")
    parser.add_argument("matrices", type=Path, help="folder of matrices and their plans")
    parser.add_argument("--held-out", required=True, help="name of the network to judge by")
    parser.add_argument("--data", type=Path, default=HERE.parent / "out" / "training", help="what models/data.py wrote")
    parser.add_argument("--out", type=Path, required=True, help="folder for the model")
    options = parser.parse_args()

    every = read_captures(options.matrices)
    names = [network_name(rows.networks[0]) for rows in every]
    if options.held_out not in names or len(set(names)) < 2:
        raise SystemExit(f"--held-out is {options.held_out}, expected one of at least two networks: {', '.join(names) or 'none found'}")
    held_out = join([rows for rows, name in zip(every, names) if name == options.held_out])
    own = [rows for rows, name in zip(every, names) if name != options.held_out]
    refuse_shared_networks({"training": join(own), "held out": held_out})
    model = learn(own, options.data)
    options.out.mkdir(parents=True, exist_ok=True)
    path = write_model(model, held_out, options.out / "random-forest.onnx")
    judged = without_suspects(held_out)
    report(judged, {"shipped": shipped(judged), "new": (model.probabilities(judged.features), model.thresholds)})
    print(f"written to {path}")


def shipped(rows: Rows) -> tuple[np.ndarray, dict[int, float]]:
    """Probabilities and thresholds of the shipped model. Stops when it is of another feature table."""
    manifest = json.loads((HERE / "random-forest.json").read_text())
    if manifest["featureHash"] != rows.feature_hash:
        raise SystemExit(f"the shipped model has feature table {manifest['featureHash']}, the matrices {rows.feature_hash}; write them with this build")
    probabilities = scored((HERE / "random-forest.onnx").read_bytes(), rows.features)
    return probabilities, {CLASSES.index(name): value for name, value in manifest["thresholds"].items()}


if __name__ == "__main__":
    main()
