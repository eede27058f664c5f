"""docs/algorithms.md: the text around the tables."""

from importlib.metadata import version

from compare.across import across_section
from compare.algorithms import ALGORITHMS, FOREST, ISOLATION, ISOLATION_TREES
from compare.conversations import SPEED_CHUNK, SPEED_PASSES, SPEED_ROWS, macro
from compare.examples import EXAMPLE_ROWS
from compare.kdd import CATEGORIES, KDD_TEST_SHARE
from compare.tables import alarm_table, called, class_table, kdd_section, listed, number, overview, ranked, table
from compare.within import within_section
from forest import LEAF_ROWS_MIN
from matrix import ATTACK_CLASSES, CLASSES, Rows
from trial import FALSE_FINDINGS_PER_HOUR

# What publications report of random forests within one recording, which ours has to reach as well.
DOS_F1 = 0.999
DOS = list(CATEGORIES).index("DoS")


def conclusions(results: dict[str, dict], kdds: list[dict], across: dict) -> str:
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
    if across:
        lines.append(f"Across networks, by mean average precision of attack or not, the order is {across_order(across)}.")
    for compared in kdds:
        dos = float(compared["results"][FOREST]["f1"][DOS])
        lines.append(
            f"Within {compared['name']} the {FOREST} names denial of service with an F1 of {dos:.4f}, as the literature does (target {DOS_F1}, "
            f"{'met' if dos >= DOS_F1 else 'missed'})."
        )
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


def across_order(across: dict) -> str:
    means = {kind: sum(results[kind]["any"] for results in across.values()) / len(across) for kind in ALGORITHMS}
    return listed([f"{kind} {number(mean)}" for kind, mean in sorted(means.items(), key=lambda pair: -pair[1])])


def document(results: dict[str, dict], kdds: list[dict], examples: dict[str, dict], splits: dict[str, Rows], within: dict, across: dict) -> str:
    hours = splits["test"].hours
    shown = [
        [called(kind), f"`{described['name']}`", f"{described['bytes']:,}", f"{described['difference']:.1e}"]
        for kind, described in examples.items()
    ]
    kdd_text = "\n".join(map(kdd_section, kdds)) or "Not measured in this run: give `--kdd` and `--nsl-kdd`.\n"
    return f"""# Algorithms side by side

Written by `models/compare`; edit that, not this file. Marked * are the five of Doshi, Apthorpe and Feamster, *Machine Learning DDoS Detection
for Consumer Internet of Things Devices* (2018, arXiv 1804.04159): k-NN, a linear support vector machine, a decision tree, a random forest and a
neural network.

```
npm run python -- models/data.py      # the networks, see models/README.md
npm run python -- models/compare --kdd kddcup99-10-percent.csv.gz --nsl-kdd nsl-kdd-train-20percent.csv.xz
```

Seeds are fixed; speeds differ from run to run. Settings are ordinary ones and none was tuned here, so that a small lead means nothing; the
{FOREST} has the settings of the shipped model, which were chosen on the validation networks. Slow learners learn from a sub-sample, see *rows
learnt*: small classes whole, the rest shared evenly. Features are scaled for k-NN, the SVM, the neural network and the logistic regression; the
last three stop after a fixed number of iterations, converged or not. Leaves hold at least {LEAF_ROWS_MIN} rows
in all trees: boosted ones of single rows ran away on NSL-KDD. The SVM has C 0.1 because with 1 it took minutes on KDD.

## What it says

{conclusions(results, kdds, across)}

## Conversations of flowtrap

Learnt from {len(splits["train"].networks)} simulated networks and the everyday traffic of captures as the shipped model is (`sample` of
`models/forest.py`, classes weighted alike; k-NN takes no weights; nothing is calibrated), thresholds from {len(splits["validation"].networks)} validation networks for the same false findings an hour,
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

## Within one network

{within_section(within)}

## Across networks

{across_section(across)}

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
