"""The forest: its settings, the rows it learns from, fitting, calibration and export."""

from dataclasses import dataclass

import numpy as np
from onnx import ModelProto, TensorProto, helper, numpy_helper
from skl2onnx import convert_sklearn
from skl2onnx.common.data_types import FloatTensorType
from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression

from matrix import ATTACK_CLASSES, BENIGN, CLASSES, FLOOD, UNLABELLED, Rows, groups, has_evidence, units
from runtime import onnxruntime

SEED = 7  # of sampling and of the forest
KIND = "random forest"
TREES = 15  # thirty find a few attacks more at half of the speed and twice the megabyte that is allowed, see the table of sizes in the model card
DEPTH = 16  # shallower ones find fewer attacks, see the table; leaves end long before, so that the forest has no more nodes than 15
# full trees of depth 10, and nodes are what loading and scoring cost
LEAF_ROWS_MIN = 8  # small enough for the few uploads and floods there are, see the table; no single row makes a rule
FEATURES_PER_SPLIT = 10  # of 45: most splits have to get by without the best feature, so that the forest leans on none

# Rows kept of one actor-window and label. A scan of 65,535 ports is one attack seen once, not 65,535 examples; five conversations show an innocent
# host's window well enough.
ROWS_PER_UNIT_MAX = 10
BENIGN_ROWS_PER_UNIT_MAX = 5
# Share of innocent strangers kept, a row of each window. The internet's noise is most of all actor-windows and all alike: with all of it, weight is
# taken from the everyday traffic that false findings come from (average precision of uploads 0.46 against 0.62 on validation networks).
STRANGERS_KEPT = 0.05

# Weight of everyday traffic among all classes, the attack classes share the rest. With its true share (over 99 %) the rare attacks would not be
# learnt, with equal shares it would be one sixth and too little of its variety would. Thresholds put the rest right.
BENIGN_WEIGHT = 0.8

OPSET = {"": 17, "ai.onnx.ml": 3}  # read by every onnxruntime since 1.12

ALGORITHMS = {"random forest": RandomForestClassifier, "extremely randomised trees": ExtraTreesClassifier}


def strangers_are_innocent(rows: Rows) -> Rows:
    """
    Without `unlabelled`, but for strangers from the internet: those count as benign. They try a port or two everywhere all day; a
    forest that never saw them takes them for scans, and nobody wants to be woken for them.
    """
    stranger = (rows.label == UNLABELLED) & (rows.column("client_is_ours") == 0)
    return rows.labelled(np.where(stranger, BENIGN, rows.label))


def sample(rows: Rows, seed: int = SEED) -> np.ndarray:
    """Rows to learn from, ascending: of a class, with enough evidence, a few of one actor-window and label."""
    unit = np.where(rows.label == FLOOD, units(rows, FLOOD) + 1_000_000_000, groups(rows.network, rows.client, rows.window))
    key = groups(unit, rows.label)
    order = np.random.default_rng(seed).permutation(len(key))
    order = order[np.argsort(key[order], kind="stable")]
    starts = np.flatnonzero(np.diff(key[order], prepend=-1))
    rank = np.arange(len(order)) - np.repeat(starts, np.diff(np.append(starts, len(order))))
    benign = rows.label[order] == BENIGN
    stranger = benign & (rows.column("client_is_ours")[order] == 0)
    most = np.where(benign, BENIGN_ROWS_PER_UNIT_MAX, ROWS_PER_UNIT_MAX)
    drawn = np.random.default_rng(seed + 1).random(len(key)) < STRANGERS_KEPT
    kept = np.sort(order[np.where(stranger, drawn & (rank == 0), rank < most)])
    return kept[(rows.label[kept] < len(CLASSES)) & has_evidence(rows)[kept]]


def class_weights() -> dict[int, float]:
    attack = (1 - BENIGN_WEIGHT) / len(ATTACK_CLASSES)
    return {BENIGN: BENIGN_WEIGHT, **{kind: attack for kind in ATTACK_CLASSES}}


@dataclass(frozen=True)
class Shape:
    """What a forest is built like."""

    kind: str = KIND
    trees: int = TREES
    depth: int = DEPTH
    leaf_rows_min: int = LEAF_ROWS_MIN


SHIPPED = Shape()


def fit(features: np.ndarray, label: np.ndarray, shape: Shape = SHIPPED, seed: int = SEED, jobs: int = 2):
    """The forest. Stops when a class has no row: a model without it would never raise it, and nobody would notice."""
    counts = np.bincount(label, minlength=len(CLASSES))
    if (counts == 0).any():
        missing = ", ".join(CLASSES[index] for index in np.flatnonzero(counts == 0))
        raise SystemExit(f"no training row of {missing}, expected all of {', '.join(CLASSES)}; train on networks that hold them")
    weight = np.array([class_weights()[index] * len(label) / counts[index] for index in range(len(CLASSES))])
    forest = ALGORITHMS[shape.kind](
        n_estimators=shape.trees,
        max_depth=shape.depth,
        min_samples_leaf=shape.leaf_rows_min,
        max_features=FEATURES_PER_SPLIT,
        random_state=seed,
        n_jobs=jobs,
    )
    return forest.fit(features, label, sample_weight=weight[label])


def nodes(forest) -> int:
    return sum(tree.tree_.node_count for tree in forest.estimators_)


# ------------------------------------------------------------------------------------------------------------------ calibration

# Probabilities of so few trees closer to 0 or 1 than this are told apart by chance only; logarithms need a bound.
PROBABILITY_MIN = 1e-3


@dataclass
class Calibration:
    """A sigmoid for every attack class (Platt 1999): what a share of votes has come to mean on networks not learnt from."""

    slope: np.ndarray  # attack classes
    offset: np.ndarray

    def apply(self, probabilities: np.ndarray) -> np.ndarray:
        """Calibrated probabilities of attack classes; benign gets what they leave."""
        odds = logit(probabilities[:, 1:]) * self.slope + self.offset
        attack = 1 / (1 + np.exp(-odds))
        attack = attack / np.maximum(1, attack.sum(axis=1, keepdims=True))
        return np.hstack([np.maximum(0, 1 - attack.sum(axis=1, keepdims=True)), attack])


def logit(probabilities: np.ndarray) -> np.ndarray:
    bounded = np.clip(probabilities, PROBABILITY_MIN, 1 - PROBABILITY_MIN)
    return np.log(bounded) - np.log(1 - bounded)


def calibrate(probabilities: np.ndarray, label: np.ndarray) -> Calibration:
    """Fitted on rows that the forest has not learnt from. Rounded, so that what is stated is what is applied."""
    fitted = []
    for kind in ATTACK_CLASSES:
        sigmoid = LogisticRegression(C=1e6, max_iter=1000).fit(logit(probabilities[:, [kind]]), label == kind)
        fitted.append((sigmoid.coef_[0, 0], sigmoid.intercept_[0]))
    slope, offset = np.round(np.array(fitted), 3).T
    return Calibration(np.maximum(slope, 0.1), offset)


# ----------------------------------------------------------------------------------------------------------------------- export


def to_onnx(forest, width: int, calibration: Calibration | None = None) -> bytes:
    """
    Float32 input X (rows × features), output probabilities (rows × classes), calibrated inside. Fixed names keep the bytes the same
    every time.
    """
    model = convert_sklearn(
        forest,
        name="random-forest",
        initial_types=[("X", FloatTensorType([None, width]))],
        options={"zipmap": False},
        target_opset=OPSET,
    )
    drop_unused(model)
    if calibration is not None:
        append_calibration(model, calibration)
    model.opset_import.sort(key=lambda opset: opset.domain)  # skl2onnx leaves them in the order of a set, which differs from run to run
    return model.SerializeToString(deterministic=True)


def drop_unused(model: ModelProto) -> None:
    """
    Leaves name every class, most of them with a vote of 0. Left out, sums stay the same to the last bit, and the file is smaller by two fifths and
    loads in less than half of the time. Nor does anybody ask how often a node was reached, or where to go without a value, which no row lacks.
    """
    trees = model.graph.node[0]
    votes = {attribute.name: attribute for attribute in trees.attribute if attribute.name.startswith("class_")}
    kept = [index for index, weight in enumerate(votes["class_weights"].floats) if weight != 0]
    for attribute in votes.values():
        values = attribute.floats if attribute.name == "class_weights" else attribute.ints
        values[:] = [values[index] for index in kept]
    for index in reversed(range(len(trees.attribute))):
        if trees.attribute[index].name in ("nodes_hitrates", "nodes_missing_value_tracks_true"):
            del trees.attribute[index]


def append_calibration(model: ModelProto, calibration: Calibration) -> None:
    """
    The steps of Calibration.apply as operators after the forest, whose output gets the name `votes`. In doubles: in floats the last bit of a logarithm
    depends on where in its chunk a row stands.
    """
    graph = model.graph
    for node in graph.node:
        node.output[:] = ["votes" if name == "probabilities" else name for name in node.output]
    constants = {
        "first": np.array([1], np.int64),
        "end": np.array([len(CLASSES)], np.int64),
        "axis": np.array([1], np.int64),
        "nothing": np.array([0], np.float64),
        "one": np.array([1], np.float64),
        "least": np.array(PROBABILITY_MIN, np.float64),
        "most": np.array(1 - PROBABILITY_MIN, np.float64),
        "slope": calibration.slope.astype(np.float64),
        "offset": calibration.offset.astype(np.float64),
    }
    graph.initializer.extend(numpy_helper.from_array(value, name) for name, value in constants.items())
    graph.node.append(helper.make_node("Cast", ["votes"], ["wide_votes"], name="wide_votes", to=TensorProto.DOUBLE))
    steps = (
        ("Slice", ["wide_votes", "first", "end", "axis"], "attack_votes"),
        ("Clip", ["attack_votes", "least", "most"], "bounded"),
        ("Log", ["bounded"], "log_for"),
        ("Sub", ["one", "bounded"], "against"),
        ("Log", ["against"], "log_against"),
        ("Sub", ["log_for", "log_against"], "odds"),
        ("Mul", ["odds", "slope"], "scaled"),
        ("Add", ["scaled", "offset"], "shifted"),
        ("Sigmoid", ["shifted"], "attacks"),
        ("ReduceSum", ["attacks", "axis"], "sum"),
        ("Max", ["sum", "one"], "excess"),
        ("Div", ["attacks", "excess"], "shares"),
        ("ReduceSum", ["shares", "axis"], "attack"),
        ("Sub", ["one", "attack"], "rest"),
        ("Max", ["rest", "nothing"], "benign"),
    )
    graph.node.extend(helper.make_node(kind, inputs, [output], name=output) for kind, inputs, output in steps)
    graph.node.append(helper.make_node("Concat", ["benign", "shares"], ["wide"], name="wide", axis=1))
    graph.node.append(helper.make_node("Cast", ["wide"], ["probabilities"], name="probabilities", to=TensorProto.FLOAT))
    output = next(value for value in graph.output if value.name == "probabilities")
    output.CopyFrom(helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, [None, len(CLASSES)]))


def scored(onnx: bytes, features: np.ndarray) -> np.ndarray:
    session = onnxruntime.InferenceSession(onnx, providers=["CPUExecutionProvider"])
    return session.run(["probabilities"], {"X": features})[0]
