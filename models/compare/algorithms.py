"""The algorithms of the field: how each is made, fitted and exported."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from skl2onnx import convert_sklearn
from skl2onnx.common.data_types import FloatTensorType
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import ExtraTreesClassifier, GradientBoostingClassifier, IsolationForest, RandomForestClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier

from forest import DEPTH, FEATURES_PER_SPLIT, LEAF_ROWS_MIN, OPSET, SEED, TREES

FOREST = "random forest"


@dataclass
class Algorithm:
    make: Callable  # a fresh scikit-learn classifier
    make_small: Callable  # the same kind, small enough for an example
    settings: str
    scaled: bool = False  # sees features of mean 0 and deviation 1
    weighted: bool = True  # takes weights of rows
    rows_max: int = 1_000_000_000  # learnt from: what takes long learns from a sub-sample
    doshi: bool = False  # one of the five of Doshi, Apthorpe and Feamster 2018


def nearest(neighbours: int):
    return KNeighborsClassifier(neighbours, algorithm="brute", n_jobs=2)


def linear_svm():
    """A support vector machine gives distances; Platt's sigmoid, fitted on held-out thirds, makes probabilities of them."""
    return CalibratedClassifierCV(LinearSVC(C=0.1, dual=False, tol=1e-2, max_iter=200, random_state=SEED), cv=3, ensemble=False)


def tree(depth: int):
    return DecisionTreeClassifier(max_depth=depth, min_samples_leaf=LEAF_ROWS_MIN, random_state=SEED)


def forest(kind: Callable, trees: int, depth: int):
    return kind(trees, max_depth=depth, min_samples_leaf=LEAF_ROWS_MIN, max_features=FEATURES_PER_SPLIT, random_state=SEED, n_jobs=2)


def boosted(rounds: int, depth: int):
    """Not the faster one on histograms, HistGradientBoostingClassifier: skl2onnx 1.20 cannot export it with onnx 1.23 (TypeError, a boolean)."""
    shape = {"max_depth": depth, "min_samples_leaf": LEAF_ROWS_MIN, "max_features": FEATURES_PER_SPLIT}
    return GradientBoostingClassifier(n_estimators=rounds, **shape, random_state=SEED)


def network(width: int, epochs: int, batch: int):
    return MLPClassifier((width,), max_iter=epochs, batch_size=batch, tol=0, n_iter_no_change=epochs, random_state=SEED)


def logistic():
    return LogisticRegression(max_iter=300)


ALGORITHMS = {
    "k-NN": Algorithm(
        lambda: nearest(5), lambda: nearest(5), "5 neighbours", scaled=True, weighted=False, rows_max=20_000, doshi=True
    ),
    "linear SVM": Algorithm(
        linear_svm, linear_svm, "C 0.1, one class against the rest, Platt's sigmoid", scaled=True, rows_max=40_000, doshi=True
    ),
    "decision tree": Algorithm(lambda: tree(DEPTH), lambda: tree(6), f"depth {DEPTH}", doshi=True),
    FOREST: Algorithm(
        lambda: forest(RandomForestClassifier, TREES, DEPTH),
        lambda: forest(RandomForestClassifier, 10, 6),
        f"{TREES} trees of depth {DEPTH}, as shipped",
        doshi=True,
    ),
    "neural network": Algorithm(
        lambda: network(64, 15, 512), lambda: network(16, 200, 32), "one layer of 64, 15 epochs", scaled=True, doshi=True
    ),
    "gradient-boosted trees": Algorithm(
        lambda: boosted(40, 5), lambda: boosted(5, 3), "40 rounds of depth 5 for each class", rows_max=40_000
    ),
    "logistic regression": Algorithm(logistic, logistic, "L2, all classes together", scaled=True, rows_max=40_000),
    "extremely randomised trees": Algorithm(
        lambda: forest(ExtraTreesClassifier, TREES, DEPTH),
        lambda: forest(ExtraTreesClassifier, 10, 6),
        f"{TREES} trees of depth {DEPTH}",
    ),
}
ISOLATION = "isolation forest"
ISOLATION_TREES = 50


def subsample(label: np.ndarray, rows_max: int) -> np.ndarray:
    """At most `rows_max` rows, ascending: small classes whole, what is left shared evenly among the larger ones."""
    draw = np.random.default_rng(SEED)
    chosen, left = [], rows_max
    classes, counts = np.unique(label, return_counts=True)
    for done, index in enumerate(np.argsort(counts, kind="stable")):
        count = min(counts[index], left // (len(classes) - done))
        chosen.append(draw.choice(np.flatnonzero(label == classes[index]), count, replace=False))
        left -= count
    return np.sort(np.concatenate(chosen))


def fit(algorithm: Algorithm, model, features: np.ndarray, label: np.ndarray, weights: dict[int, float] | None = None):
    """The fitted model, scaling included, and how many rows it learnt from. `weights` are the shares of the classes."""
    chosen = subsample(label, algorithm.rows_max)
    features, label = features[chosen], label[chosen]
    steps = make_pipeline(StandardScaler(), model) if algorithm.scaled else make_pipeline(model)
    parameters = {}
    if weights is not None and algorithm.weighted:
        counts = np.bincount(label)
        parameters[f"{steps.steps[-1][0]}__sample_weight"] = np.array([weights[kind] * len(label) / counts[kind] for kind in label])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # iterations are bounded on purpose, as the document says
        return steps.fit(features, label, **parameters), len(label)


def fit_isolation(features: np.ndarray) -> IsolationForest:
    return IsolationForest(n_estimators=ISOLATION_TREES, random_state=SEED, n_jobs=2).fit(features)


def to_onnx(model: Pipeline, name: str, width: int) -> bytes:
    """
    Float32 input X (rows × features), output probabilities (rows × classes). Distances of k-NN are left to onnxruntime's own operator: nine
    times as fast as a loop of standard ones, whose names would differ from export to export besides.
    """
    last = model.steps[-1][1]
    own = {id(last): {"zipmap": False, "optim": "cdist"}} if isinstance(last, KNeighborsClassifier) else {}
    converted = convert_sklearn(
        model,
        name=name.lower().replace(" ", "-"),
        initial_types=[("X", FloatTensorType([None, width]))],
        options={id(model): {"zipmap": False}, **own},
        target_opset=OPSET,
    )
    converted.opset_import.sort(key=lambda opset: opset.domain)  # skl2onnx leaves them in the order of a set, which differs from run to run
    return converted.SerializeToString(deterministic=True)
