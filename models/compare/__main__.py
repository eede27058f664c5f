"""Sets the algorithms of the field side by side, on the public data they are usually shown on and on our own features.

    npm run python -- models/compare [--data out/training] [--kdd FILE.csv.gz] [--nsl-kdd FILE.csv.xz]

Reads the matrices that models/data.py writes. Writes docs/algorithms.md, and one small example model of each algorithm with its manifest
and scikit-learn's probabilities for a few rows to test/golden/model/algorithms/. Seeds are fixed; speeds differ from run to run.
"""

import argparse
import sys
from pathlib import Path

# Run as a folder, Python looks for modules in it and not beside it.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from compare.across import compare_networks  # noqa: E402
from compare.conversations import compare_conversations  # noqa: E402
from compare.document import document  # noqa: E402
from compare.examples import export_examples  # noqa: E402
from compare.kdd import compare_kdd  # noqa: E402
from compare.within import compare_within  # noqa: E402
from forest import SEED  # noqa: E402
from judge import Judge  # noqa: E402
from matrix import read_split, refuse_other_tables, refuse_shared_networks  # noqa: E402
from train import HERE, read_material  # noqa: E402
from trial import Workshop  # noqa: E402

DOCUMENT = HERE.parent / "docs" / "algorithms.md"


def main() -> None:
    parser = argparse.ArgumentParser(description="Sets the algorithms of the field side by side.")
    parser.add_argument("--data", type=Path, default=HERE.parent / "out" / "training", help="what models/data.py wrote")
    parser.add_argument("--kdd", type=Path, help="KDD Cup 1999, 42 columns, may end in .gz or .xz")
    parser.add_argument("--nsl-kdd", type=Path, help="NSL-KDD, 43 columns, may end in .gz or .xz")
    options = parser.parse_args()

    workshop = Workshop(read_material(options.data))
    made = workshop.material
    splits = {"train": made.train, "validation": made.validation.rows, "test": read_split(options.data / "test")}
    refuse_shared_networks(splits)
    refuse_other_tables(list(splits.values()))
    judges = {"validation": made.validation, "test": Judge(splits["test"])}
    features, label = workshop.rows_without(frozenset(), SEED)
    examples = export_examples(made.train, features, label)
    files = {"KDD Cup 1999, 10 %": options.kdd, "NSL-KDD, 20 %": options.nsl_kdd}
    kdds = [compare_kdd(name, path) for name, path in files.items() if path is not None]
    within, across = compare_within(workshop), compare_networks(workshop)
    results = compare_conversations(features, label, judges)
    DOCUMENT.write_text(document(results, kdds, examples, splits, within, across), encoding="utf-8")


if __name__ == "__main__":
    main()
