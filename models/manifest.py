"""What every manifest begins with: how to recognise the model, what goes in, what comes out. lib/model/manifest.ts reads it."""

import hashlib
from importlib.metadata import version

import numpy as np

from matrix import ATTACK_CLASSES, BENIGN, CLASSES, Rows


def manifest_head(algorithm: str, onnx: bytes, table: Rows, thresholds: dict[int, float], features: np.ndarray, label: np.ndarray) -> dict:
    """`table` names the features, `thresholds` are by attack class; `features` (rows × features) and `label` are what was learnt."""
    return {
        "magic": "flowtrap-model",
        "version": 1,
        "algorithm": algorithm,
        "onnxSha256": hashlib.sha256(onnx).hexdigest(),
        "featureHash": table.feature_hash,
        "features": table.names,
        "classes": CLASSES,
        "input": "X",
        "output": "probabilities",
        "thresholds": {CLASSES[kind]: thresholds[kind] for kind in ATTACK_CLASSES},
        "benignMedians": [round(float(value), 4) for value in np.median(features[label == BENIGN], axis=0)],
    }


def library_versions(*names: str) -> dict[str, str]:
    return {name: version(name) for name in names}
