"""Sets the algorithms of the field side by side, on the public data they are usually shown on and on our own features.

    npm run python -- models/compare.py [--data out/training] [--kdd FILE.csv.gz] [--nsl-kdd FILE.csv.xz]

Reads the matrices that models/data.py writes. Writes docs/algorithms.md, and one small example model of each algorithm with its manifest
and scikit-learn's probabilities for a few rows to test/golden/model/algorithms/. Seeds are fixed; speeds differ from run to run.
"""

import argparse
import gzip
import hashlib
import lzma
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path

import numpy as np
import onnxruntime
from skl2onnx import convert_sklearn
from skl2onnx.common.data_types import FloatTensorType
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import ExtraTreesClassifier, GradientBoostingClassifier, IsolationForest, RandomForestClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, average_precision_score, f1_score
from sklearn.model_selection import train_test_split
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier

from judge import Judge, choose_threshold, findings, share, unit_scores, units_of
from matrix import ATTACK_CLASSES, BENIGN, CLASSES, SCAN, UNLABELLED, Rows, read_split
from train import DEPTH, FALSE_FINDINGS_PER_HOUR, FEATURES_PER_SPLIT, HERE, LEAF_ROWS_MIN, OPSET, SEED, TREES
from train import class_weights, sample, scored, shortest, strangers_are_innocent, write_json

DOCUMENT = HERE.parent / "docs" / "algorithms.md"
EXAMPLES = HERE.parent / "test" / "golden" / "model" / "algorithms"

# ------------------------------------------------------------------------------------------------------------------- algorithms

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


# ------------------------------------------------------------------------------------------------------------------- KDD

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


# ------------------------------------------------------------------------------------------------------------------- conversations


class Alarm:
    """Attack or not, of what a client did in a window: the one question that every algorithm and the isolation forest can be asked."""

    def __init__(self, judge: Judge):
        rows = judge.rows
        attack = (rows.label != BENIGN) & (rows.label != UNLABELLED)
        self.rows = replace(rows, label=np.where(attack, SCAN, rows.label))  # any one attack stands for all
        self.units = units_of(self.rows, SCAN, judge.enough)

    def scores(self, suspicion: np.ndarray) -> np.ndarray:
        return unit_scores(self.units.of, suspicion, 1)

    def measure(self, suspicion: np.ndarray, threshold: float) -> dict:
        own, scores = self.units, self.scores(suspicion)
        flagged = scores >= threshold
        judged = own.evidence | ~own.own
        return {
            "precision": share(own.own & flagged, flagged),
            "recall": share(own.own & flagged, own.own),
            "averagePrecision": float(average_precision_score(own.evidence[judged], scores[judged])),
            "falseFindingsPerHour": len(findings(own, flagged & ~own.own)) / self.rows.hours,
        }


def compare_alarms(alarms: dict[str, Alarm], suspicion: dict[str, np.ndarray]) -> dict:
    validation = alarms["validation"]
    scores = validation.scores(suspicion["validation"])
    threshold = choose_threshold(validation.rows, validation.units, scores, sum(FALSE_FINDINGS_PER_HOUR.values()))
    return alarms["test"].measure(suspicion["test"], threshold)


def compare_classes(judges: dict[str, Judge], probabilities: dict[str, np.ndarray]) -> dict[str, dict]:
    """Figures of each class on the test networks, with the thresholds that the validation networks give."""
    thresholds = judges["validation"].thresholds(probabilities["validation"], FALSE_FINDINGS_PER_HOUR)
    test = judges["test"]
    measured = test.measure(test.verdicts(probabilities["test"], thresholds))
    for kind in ATTACK_CLASSES:
        figures = measured[CLASSES[kind]]
        figures["f1"] = harmonic(figures["actorWindowPrecision"], figures["actorWindowRecall"])
        figures["averagePrecision"] = test.average_precision(probabilities["test"], kind)
    return measured


def harmonic(precision: float | None, recall: float | None) -> float:
    """F1. Where nothing was flagged precision is absent, and this 0."""
    return 2 * precision * recall / (precision + recall) if precision and recall else 0.0


SPEED_ROWS = 4_096
SPEED_CHUNK = 512
SPEED_PASSES = 3


def rows_per_second(onnx: bytes, features: np.ndarray) -> float:
    """Of the best of some passes, so that what else the machine does counts little."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(onnx, options, providers=["CPUExecutionProvider"])
    seconds = []
    for _ in range(SPEED_PASSES):
        start = time.perf_counter()
        for at in range(0, len(features), SPEED_CHUNK):
            session.run(["probabilities"], {"X": features[at : at + SPEED_CHUNK]})
        seconds.append(time.perf_counter() - start)
    return len(features) / min(seconds)


def compare_conversations(features: np.ndarray, label: np.ndarray, judges: dict[str, Judge]) -> dict[str, dict]:
    alarms = {name: Alarm(judge) for name, judge in judges.items()}
    test = judges["test"].rows.features
    probe = test[np.sort(np.random.default_rng(SEED).choice(len(test), SPEED_ROWS, replace=False))]
    results = {}
    for kind, algorithm in ALGORITHMS.items():
        start = time.perf_counter()
        model, learnt = fit(algorithm, algorithm.make(), features, label, class_weights())
        probabilities = {name: model.predict_proba(judge.rows.features) for name, judge in judges.items()}
        onnx = to_onnx(model, kind, features.shape[1])
        results[kind] = {
            "learnt": learnt,
            "classes": compare_classes(judges, probabilities),
            "alarm": compare_alarms(alarms, {name: 1 - values[:, BENIGN] for name, values in probabilities.items()}),
            "bytes": len(onnx),
            "speed": rows_per_second(onnx, probe),
            "differences": np.abs(scored(onnx, probe) - model.predict_proba(probe)).max(axis=1),
        }
        means = [round(macro(results[kind], figure), 3) for figure in ("f1", "averagePrecision")]
        print(kind, f"{time.perf_counter() - start:.0f} s, mean F1 and average precision", *means, flush=True)
    isolation = fit_isolation(features)
    strangeness = {name: -isolation.score_samples(judge.rows.features) for name, judge in judges.items()}
    results[ISOLATION] = {"alarm": compare_alarms(alarms, strangeness)}
    print(results[ISOLATION])
    return results


def macro(result: dict, figure: str) -> float:
    """Mean over the attack classes; absent counts as 0."""
    return float(np.mean([figures[figure] or 0 for figures in result["classes"].values()]))


# ------------------------------------------------------------------------------------------------------------------- examples

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
        write_json(EXAMPLES / f"{name}.json", example_manifest(kind, onnx, train, medians, difference))
        probabilities[name] = [[round(value, 9) for value in row] for row in expected.tolist()]
        described[kind] = {"name": name, "bytes": len(onnx), "difference": difference}
    source = "models/compare.py: scikit-learn's own probabilities for rows of its training data, for the benign medians and for zeros"
    write_json(EXAMPLES / "parity.json", {"source": source, "rows": shortest(golden), "probabilities": probabilities}, indent=None)
    return described


def example_manifest(kind: str, onnx: bytes, train: Rows, medians: np.ndarray, difference: float) -> dict:
    return {
        "magic": "flowtrap-model",
        "version": 1,
        "algorithm": kind,
        "onnxSha256": hashlib.sha256(onnx).hexdigest(),
        "featureHash": train.feature_hash,
        "features": train.names,
        "classes": CLASSES,
        "input": "X",
        "output": "probabilities",
        "thresholds": {CLASSES[index]: EXAMPLE_THRESHOLD for index in ATTACK_CLASSES},
        "benignMedians": [round(float(value), 4) for value in medians],
        "data": {"source": "flowtrap simulate", "rowsLearnt": EXAMPLE_ROWS, "purpose": "shows the format; too small to detect with"},
        "metrics": {"parityDifference": difference},
        "libraries": {name: version(name) for name in ("numpy", "onnx", "onnxruntime", "scikit-learn", "skl2onnx")},
    }


# ------------------------------------------------------------------------------------------------------------------- the document


def table(header: list[str], rows: list[list[str]], texts: int = 1) -> str:
    """The first `texts` columns hold words, the others numbers."""
    rule = ["---"] * texts + ["---:"] * (len(header) - texts)
    return "\n".join(f"| {' | '.join(cells)} |" for cells in [header, rule, *rows])


def number(value: float | None) -> str:
    return "none" if value is None else f"{value:.3f}"


def called(kind: str) -> str:
    return f"{kind} *" if kind in ALGORITHMS and ALGORITHMS[kind].doshi else kind


def listed(kinds: list[str]) -> str:
    return ", ".join(kinds[:-1]) + " and " + kinds[-1] if len(kinds) > 1 else kinds[0]


def ranked(results: dict[str, dict], score: Callable[[dict], float]) -> list[str]:
    return sorted((kind for kind in results if kind in ALGORITHMS), key=lambda kind: -score(results[kind]))


def kdd_section(compared: dict) -> str:
    results = compared["results"]
    counts = ", ".join(f"{name} {count:,}" for name, count in zip(CATEGORIES, compared["tested"]))
    macro_f1 = lambda result: float(result["f1"].mean())
    order = ranked(results, macro_f1)
    rows = [
        [called(kind), f"{result['learnt']:,}", *map(number, [result["accuracy"], *result["f1"], macro_f1(result), result["averagePrecision"]])]
        for kind, result in results.items()
    ]
    rows.append([ISOLATION, f"{compared['learnt']:,}", *["-"] * (len(CATEGORIES) + 2), number(compared["isolation"])])
    weakest = min(zip(results[order[0]]["f1"], CATEGORIES))
    return f"""### {compared["name"]}

{compared["rows"]:,} rows, {compared["different"]:,} of them different. Tested on {counts}.

{table(["algorithm", "rows learnt", "accuracy", *[f"F1 {name}" for name in CATEGORIES], "mean F1", "attack or not: average precision"], rows)}

Best by mean F1 is {order[0]} ({number(macro_f1(results[order[0]]))}), last {order[-1]} ({number(macro_f1(results[order[-1]]))}); the {FOREST} is
number {order.index(FOREST) + 1} of {len(order)}. Naming everything by the most frequent category would be right for
{compared["tested"].max() / compared["tested"].sum():.1%}, so that accuracy says little; even the best has its lowest F1,
{number(weakest[0])}, at {weakest[1]}. U2R has {compared["tested"][-1]} rows to test: its F1 hangs on single rows, and with it the order by
mean F1. Chance has an average precision of {number(compared["tested"][1:].sum() / compared["tested"].sum())}.
"""


def overview(results: dict[str, dict]) -> str:
    rows = []
    for kind in ALGORITHMS:
        result = results[kind]
        sums = {name: sum(figures[name] for figures in result["classes"].values()) for name in ("attacks", "attacksFound")}
        figures = [macro(result, name) for name in ("actorWindowPrecision", "actorWindowRecall", "f1", "averagePrecision")]
        rows.append(
            [
                called(kind),
                ALGORITHMS[kind].settings,
                f"{result['learnt']:,}",
                *map(number, figures),
                f"{sums['attacksFound']} of {sums['attacks']}",
                f"{result['bytes']:,}",
                f"{result['speed']:,.0f}",
                f"{result['speed'] / results[FOREST]['speed']:.2g}",
                f"{result['differences'].max():.1e}",
            ]
        )
    means = ["mean precision", "mean recall", "mean F1", "mean average precision"]
    measures = ["attacks found", "ONNX bytes", "rows a second", "times the forest's", "largest difference from scikit-learn"]
    return table(["algorithm", "settings", "rows learnt", *means, *measures], rows, texts=2)


def class_table(results: dict[str, dict], name: str) -> str:
    rows = []
    for kind in ALGORITHMS:
        figures = results[kind]["classes"][name]
        cells = [figures[key] for key in ("actorWindowPrecision", "actorWindowRecall", "f1", "averagePrecision")]
        rows.append([called(kind), *map(number, cells), f"{figures['attacksFound']} of {figures['attacks']}"])
    return f"### {name}\n\n" + table(["algorithm", "precision", "recall", "F1", "average precision", "attacks found"], rows)


def alarm_table(results: dict[str, dict]) -> str:
    rows = []
    for kind, result in results.items():
        alarm = result["alarm"]
        cells = [alarm["precision"], alarm["recall"], harmonic(alarm["precision"], alarm["recall"]), alarm["averagePrecision"]]
        rows.append([called(kind), *map(number, cells), f"{alarm['falseFindingsPerHour']:.2f}"])
    return table(["algorithm", "precision", "recall", "F1", "average precision", "false findings an hour"], rows)


def conclusions(results: dict[str, dict], kdds: list[dict]) -> str:
    by_f1 = ranked(results, lambda result: macro(result, "f1"))
    by_area = ranked(results, lambda result: macro(result, "averagePrecision"))
    order = lambda kinds, name: listed([f"{kind} {number(macro(results[kind], name))}" for kind in kinds])
    alarm = lambda kind: number(results[kind]["alarm"]["averagePrecision"])
    better = by_area[: by_area.index(FOREST)]
    forest_result = results[FOREST]
    times = lambda kind, name: f"{results[kind][name] / forest_result[name]:.2g} times"
    paid = [f"{kind} ({times(kind, 'bytes')} the bytes, {times(kind, 'speed')} the speed)" for kind in better]
    lines = [
        f"By mean F1 with thresholds the order is {order(by_f1, 'f1')}.",
        f"By mean average precision, which needs no threshold, it is {order(by_area, 'averagePrecision')}.",
        f"Ahead of the shipped {FOREST} by average precision: {listed(paid)}." if paid else f"None ranks better than the shipped {FOREST}.",
        f"Attack or not: the {ISOLATION}, which saw no label, reaches an average precision of {alarm(ISOLATION)}, the {FOREST} {alarm(FOREST)}.",
    ]
    for compared in kdds:
        mean = lambda kind: float(compared["results"][kind]["f1"].mean())
        above = [kind for kind in ALGORITHMS if mean(kind) > macro(results[kind], "f1")]
        lines.append(
            f"On {compared['name']} {len(above)} of {len(ALGORITHMS)} algorithms have a higher mean F1 than on conversations, "
            f"the {FOREST} {number(mean(FOREST))} against {number(macro(results[FOREST], 'f1'))}."
        )
    if kdds:
        lines.append(
            "Those means are not one measure: rows of a recording whose other rows were learnt from, against actor-windows of networks never seen. "
            "Figures on the one say little about the other."
        )
    return "\n".join(f"- {line}" for line in lines)


def document(results: dict[str, dict], kdds: list[dict], examples: dict[str, dict], splits: dict[str, Rows]) -> str:
    hours = splits["test"].hours
    shown = [
        [called(kind), f"`{described['name']}`", f"{described['bytes']:,}", f"{described['difference']:.1e}"]
        for kind, described in examples.items()
    ]
    kdd_text = "\n".join(map(kdd_section, kdds)) or "Not measured in this run: give `--kdd` and `--nsl-kdd`.\n"
    return f"""# Algorithms side by side

Written by `models/compare.py`; edit that, not this file. Marked * are the five of Doshi, Apthorpe and Feamster, *Machine Learning DDoS Detection
for Consumer Internet of Things Devices* (2018, arXiv 1804.04159): k-NN, a linear support vector machine, a decision tree, a random forest and a
neural network.

```
npm run python -- models/data.py      # the simulated networks, see models/README.md
npm run python -- models/compare.py --kdd kddcup99-10-percent.csv.gz --nsl-kdd nsl-kdd-train-20percent.csv.xz
```

Seeds are fixed; speeds differ from run to run. Settings are ordinary ones and none was tuned here, so that a small lead means nothing; the
{FOREST} has the settings of the shipped model, which were chosen on the validation networks. Slow learners learn from a sub-sample, see *rows
learnt*: small classes whole, the rest shared evenly. Features are scaled for k-NN, the SVM, the neural network and the logistic regression; the
last three stop after a fixed number of iterations, converged or not. Leaves hold at least {LEAF_ROWS_MIN} rows
in all trees: boosted ones of single rows ran away on NSL-KDD. The SVM has C 0.1 because with 1 it took minutes on KDD.

## What it says

{conclusions(results, kdds)}

## Conversations of flowtrap

Learnt from {len(splits["train"].networks)} simulated networks as the shipped model is (`sample` of `models/train.py`, classes weighted alike; k-NN
takes no weights), thresholds from {len(splits["validation"].networks)} validation networks for the same false findings an hour,
figures from {len(splits["test"].networks)} others ({hours:.0f} hours). Precision, recall and F1 are of
actor-windows as in the model card, average precision is of visible ones. Speed is of one thread of onnxruntime in chunks
of {SPEED_CHUNK} rows, best of {SPEED_PASSES} passes over {SPEED_ROWS:,} rows of the test networks, and so is the difference.

{overview(results)}

{chr(10).join(class_table(results, CLASSES[kind]) + chr(10) for kind in ATTACK_CLASSES)}
### Attack or not

One score for what a client did in a window, 1 minus the probability of benign; for the {ISOLATION} how easily a row is told from the others
({ISOLATION_TREES} trees, all rows learnt from, no labels). One threshold from the validation networks that allows
{sum(FALSE_FINDINGS_PER_HOUR.values()):.1f} false findings an hour, strangers counted. Floods count by client here. Recall is of all
actor-windows that hold an attack, average precision again of visible ones only, hence the
distance between the two.

{alarm_table(results)}

## KDD Cup 1999 and NSL-KDD

What most comparisons are made on, although it was recorded in a laboratory in 1998 and its features need packet contents that flow logs do
not have. Only different rows are kept (a random split of the file as it is puts copies of the same row on both sides),
then {KDD_TEST_SHARE:.0%} of each category drawn
at random is tested and the rest learnt from, without weights. 41 features: logarithms of the numbers, one column for each text. A random split
asks for what was recorded on the same day in the same network; the result is an upper bound, not what another network would see.

{kdd_text}
## Example models

`test/golden/model/algorithms/` holds one small model of each algorithm with its manifest, learnt from {EXAMPLE_ROWS} rows. They
show that any of them can take the forest's place (`flowtrap detect --model FILE.onnx`), and are too small to detect with. The difference is from
scikit-learn's probabilities over the rows of `parity.json`.

{table(["algorithm", "file", "bytes", "largest difference"], shown, texts=2)}

Left out: the {ISOLATION}, because it gives a score and no class probabilities, which a manifest asks for. Gradient-boosted trees are
scikit-learn's `GradientBoostingClassifier`: skl2onnx {version("skl2onnx")} fails to export `HistGradientBoostingClassifier` with onnx {version("onnx")}.
k-NN is exported with `CDist`, an operator of onnxruntime's own (`com.microsoft`), so that other runtimes may not read it.
"""


def main() -> None:
    parser = argparse.ArgumentParser(description="Sets the algorithms of the field side by side.")
    parser.add_argument("--data", type=Path, default=HERE.parent / "out" / "training", help="what models/data.py wrote")
    parser.add_argument("--kdd", type=Path, help="KDD Cup 1999, 42 columns, may end in .gz or .xz")
    parser.add_argument("--nsl-kdd", type=Path, help="NSL-KDD, 43 columns, may end in .gz or .xz")
    options = parser.parse_args()

    splits = {name: read_split(options.data / name) for name in ("train", "validation", "test")}
    train = splits["train"]
    for name, rows in splits.items():
        if rows.feature_hash != train.feature_hash:
            raise SystemExit(f"{name} has feature table {rows.feature_hash}, train {train.feature_hash}; write both with one build")
    judges = {name: Judge(splits[name]) for name in ("validation", "test")}
    strangers_are_innocent(train)
    chosen = sample(train)
    features, label = train.features[chosen], train.label[chosen]

    examples = export_examples(train, features, label)
    files = {"KDD Cup 1999, 10 %": options.kdd, "NSL-KDD, 20 %": options.nsl_kdd}
    kdds = [compare_kdd(name, path) for name, path in files.items() if path is not None]
    results = compare_conversations(features, label, judges)
    DOCUMENT.write_text(document(results, kdds, examples, splits), encoding="utf-8")


if __name__ == "__main__":
    main()
