"""KDD Cup 1999 and NSL-KDD, with their own 41 features."""

import gzip
import lzma
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.metrics import accuracy_score, average_precision_score, f1_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import OneHotEncoder

from compare.algorithms import ALGORITHMS, fit, fit_isolation
from forest import SEED

CATEGORIES = {
    "normal": ["normal"],
    "DoS": ["back", "land", "neptune", "pod", "smurf", "teardrop"],
    "probe": ["ipsweep", "nmap", "portsweep", "satan"],
    "R2L": ["ftp_write", "guess_passwd", "imap", "multihop", "phf", "spy", "warezclient", "warezmaster"],
    "U2R": ["buffer_overflow", "loadmodule", "perl", "rootkit"],
}
KDD_COLUMNS = 41
KDD_TEXTS = [1, 2, 3]  # protocol, service, flag
KDD_TEST_SHARE = 0.3


@dataclass
class Kdd:
    rows: int  # in the file
    features: np.ndarray  # different rows × 41, texts
    label: np.ndarray  # index in CATEGORIES


def read_kdd(path: Path) -> Kdd:
    """The different rows of a file of KDD Cup 1999 or of NSL-KDD, whose last column, a difficulty, is left out."""
    opened = {".gz": gzip.open, ".xz": lzma.open}.get(path.suffix, open)
    with opened(path, "rt") as file:
        lines = [line.strip().split(",")[: KDD_COLUMNS + 1] for line in file]
    different = list(dict.fromkeys(tuple(line) for line in lines))
    category = {name: index for index, names in enumerate(CATEGORIES.values()) for name in names}
    label = [category[row[KDD_COLUMNS].rstrip(".")] for row in different]
    return Kdd(len(lines), np.array([row[:KDD_COLUMNS] for row in different]), np.array(label))


def kdd_matrices(kdd: Kdd, train: np.ndarray, test: np.ndarray) -> list[np.ndarray]:
    """Logarithms of the numbers, and one column for each text that the training rows hold."""
    texts = OneHotEncoder(sparse_output=False, handle_unknown="ignore").fit(kdd.features[train][:, KDD_TEXTS])
    numbers = np.log1p(np.delete(kdd.features, KDD_TEXTS, axis=1).astype(np.float64))
    return [np.hstack([numbers[part], texts.transform(kdd.features[part][:, KDD_TEXTS])]).astype(np.float32) for part in (train, test)]


def compare_kdd(name: str, path: Path) -> dict:
    kdd = read_kdd(path)
    train, test = train_test_split(np.arange(len(kdd.label)), test_size=KDD_TEST_SHARE, stratify=kdd.label, random_state=SEED)
    features, unseen = kdd_matrices(kdd, train, test)
    truth = kdd.label[test]
    results = {}
    for kind, algorithm in ALGORITHMS.items():
        model, learnt = fit(algorithm, algorithm.make(), features, kdd.label[train])
        probabilities = model.predict_proba(unseen)
        verdict = probabilities.argmax(axis=1)
        results[kind] = {
            "learnt": learnt,
            "accuracy": accuracy_score(truth, verdict),
            "f1": f1_score(truth, verdict, average=None, labels=range(len(CATEGORIES)), zero_division=0),
            "averagePrecision": average_precision_score(truth > 0, 1 - probabilities[:, 0]),
        }
        print(name, kind, results[kind]["f1"].round(3), flush=True)
    strangeness = -fit_isolation(features).score_samples(unseen)
    return {
        "name": name,
        "rows": kdd.rows,
        "different": len(kdd.label),
        "tested": np.bincount(truth),
        "learnt": len(train),
        "results": results,
        "isolation": average_precision_score(truth > 0, strangeness),
    }
