"""Tables and sections of docs/algorithms.md, around the figures."""

from collections.abc import Callable

from compare.algorithms import ALGORITHMS, FOREST, ISOLATION
from compare.conversations import harmonic, macro
from compare.kdd import CATEGORIES

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
