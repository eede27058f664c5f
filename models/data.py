"""Simulates the networks that the forest learns from, and writes one feature matrix for each.

    npm run python -- models/data.py [--out out/training] [--jobs 2]

Reads nothing but the code beside it: it runs `flowtrap simulate` and `flowtrap features` for every network of the three splits below.
Writes OUT/<split>/<seed>.parquet (the matrix with labels) and OUT/<split>/<seed>.json (what was simulated). OUT is emptied first.
"""

import argparse
import json
import math
import random
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FLOWTRAP = ["node", str(ROOT / "bin" / "flowtrap.ts")]

# Seeds of the three splits: (first, networks). Disjoint, and far from the small numbers that samples and examples use. The forest
# learns from `train`; `validation` chooses its size and thresholds; `test` and `intensity` are only ever reported.
SPLITS = {
    "train": (10_000, 160),
    "validation": (20_000, 32),
    "test": (30_000, 32),
    "intensity": (40_000, 16),
}

# The ordinary case that thresholds are chosen for, and that is reported: an hour of a VPC of about 30 hosts, attacks as drawn.
ORDINARY = {"hosts": 30, "minutes": 60, "intensity": 1}
# Beyond the ordinary, over three orders of magnitude; reported one by one.
INTENSITIES = (0.1, 0.3, 3, 10)

# Attacks by class. Outside training a network has at most one of each class, so that a class names the scenario.
ATTACKS = {
    "scan": ("vertical-scan", "external-sweep", "internal-sweep"),
    "brute-force": ("ssh-brute-force", "rdp-brute-force", "service-brute-force"),
    "denial-of-service": ("outbound-flood", "inbound-flood"),
    "command-and-control": ("beacon",),
    "exfiltration": ("bulk-exfiltration",),
}

# Attacks of few conversations: one client, one server.
RARE = ("beacon", "bulk-exfiltration")

VERSION_2 = (
    "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status"
)
# What owners log: AWS's default, the default with flags or packet addresses, everything up to version 5.
FIELD_LISTS = (
    VERSION_2,
    f"{VERSION_2} tcp-flags",
    f"{VERSION_2} pkt-srcaddr pkt-dstaddr",
    f"{VERSION_2} vpc-id subnet-id instance-id tcp-flags type pkt-srcaddr pkt-dstaddr region az-id flow-direction traffic-path",
)


def network(split: str, seed: int) -> dict:
    """What to simulate under this seed: a pure function of its arguments."""
    draw = random.Random(f"{split} {seed}")
    common = {
        "seed": seed,
        # One network in four has the ten-minute interval, which is AWS's default; five five-minute windows then share two records.
        "aggregationSeconds": draw.choice((60, 60, 60, 600)),
        "fields": draw.choice(FIELD_LISTS),
    }
    if split == "train":
        every = [name for names in ATTACKS.values() for name in names]
        return {
            **common,
            "hosts": round(math.exp(draw.uniform(math.log(8), math.log(50)))),
            "minutes": draw.choice((15, 20, 30, 45)),
            "intensity": round(10 ** draw.uniform(-0.7, 1), 3),
            # One in ten stays clean; the others have many attacks at once, since attacks are what there is too little of: half of
            # those that leave many rows, nearly always the two that leave a few.
            "scenarios": [] if draw.random() < 0.1 else [name for name in every if draw.random() < (0.9 if name in RARE else 0.5)],
        }
    intensity = INTENSITIES[seed % len(INTENSITIES)] if split == "intensity" else ORDINARY["intensity"]
    clean = split != "intensity" and draw.random() < 0.25
    names = [draw.choice(names) for names in ATTACKS.values() if draw.random() < 0.75]
    return {**common, **ORDINARY, "intensity": intensity, "scenarios": [] if clean else names}


def flowtrap(*arguments: str) -> dict:
    """Runs the command line tool; its JSON summary."""
    done = subprocess.run([*FLOWTRAP, *arguments, "--format", "json"], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"flowtrap {' '.join(arguments)} ended with {done.returncode}: {done.stderr.strip()}")
    return json.loads(done.stdout)


def write_matrix(split: str, seed: int, out: Path) -> int:
    """Simulates one network and writes its matrix; the number of records."""
    plan = network(split, seed)
    with tempfile.TemporaryDirectory(prefix="flowtrap-") as logs:
        flowtrap(
            *("simulate", *(plan["scenarios"] or ["benign"]), "--out", logs, "--seed", str(seed)),
            *("--hosts", str(plan["hosts"]), "--minutes", str(plan["minutes"]), "--intensity", str(plan["intensity"])),
            *("--aggregation-seconds", str(plan["aggregationSeconds"]), "--format-fields", plan["fields"]),
        )
        matrix = out / split / f"{seed}.parquet"
        summary = flowtrap("features", logs, "--labels", str(Path(logs) / "labels.csv"), "--out", str(matrix))
    if summary["malformed"] or summary["objectsFailed"]:
        raise RuntimeError(f"the logs of seed {seed} were not read whole: {summary}")
    plan["records"] = summary["records"]
    (out / split / f"{seed}.json").write_text(json.dumps(plan, indent=1) + "\n")
    return summary["records"]


def main() -> None:
    parser = argparse.ArgumentParser(description="Simulates the networks that the forest learns from.")
    parser.add_argument("--out", type=Path, default=ROOT / "out" / "training", help="folder for the matrices; emptied first")
    parser.add_argument("--jobs", type=int, default=2, help="networks simulated at once")
    options = parser.parse_args()
    jobs = [(split, seed) for split, (first, count) in SPLITS.items() for seed in range(first, first + count)]
    for split in SPLITS:
        shutil.rmtree(options.out / split, ignore_errors=True)
        (options.out / split).mkdir(parents=True)
    records = 0
    with ThreadPoolExecutor(options.jobs) as pool:
        for done, count in enumerate(pool.map(lambda job: write_matrix(*job, options.out), jobs), start=1):
            records += count
            if done % 20 == 0 or done == len(jobs):
                print(f"{done} of {len(jobs)} networks, {records:,} records", file=sys.stderr)


if __name__ == "__main__":
    main()
