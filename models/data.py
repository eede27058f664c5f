"""Makes the feature matrices that the forest learns from: simulated networks, and captures of real ones.

    npm run python -- models/data.py [--captures ../shared/data | --simulated-only] [--out out/training] [--jobs 2]

Runs `flowtrap simulate` and `flowtrap features` for every network of the splits below, and `flowtrap convert` and `flowtrap features` for the
captures that models/captures.py names. Writes OUT/<split>/<seed>.parquet (the matrix with labels) and .json (what was simulated), and
OUT/captures/<name>-<interval>.parquet, .json and / (the logs). These folders are emptied first.
"""

import argparse
import json
import math
import random
import shutil
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from captures import write_captures
from flowtrap import ROOT, flowtrap

# Seeds of the three splits: (first, networks). Disjoint, and far from the small numbers that samples and examples use. The forest
# learns from `train`; `validation` chooses its size and thresholds; `test` and `intensity` are only ever reported.
SPLITS = {
    "train": (10_000, 400),
    "validation": (20_000, 64),
    "test": (30_000, 32),
    "intensity": (40_000, 16),
}

# The ordinary case that thresholds are chosen for, and that is reported: an hour of a VPC of about 30 hosts, attacks as drawn.
ORDINARY = {"hosts": 30, "minutes": 60, "intensity": 1}
# Beyond the ordinary, over three orders of magnitude; reported one by one.
INTENSITIES = (0.1, 0.3, 3, 10)

# Attacks by class, and the share of training networks that have them: most where they leave few conversations (one client, a few servers), least
# where they fill a matrix. Outside training a network has at most one of each class, so that a class names the scenario.
ATTACKS = {
    "scan": {
        **{"vertical-scan": 0.5, "external-sweep": 0.5, "internal-sweep": 0.5},
        **{"slow-scan": 0.5, "distributed-scan": 0.4, "udp-scan": 0.5, "worm": 0.2},
    },
    "brute-force": {"ssh-brute-force": 0.7, "rdp-brute-force": 0.7, "service-brute-force": 0.7, "password-spray": 0.7},
    "denial-of-service": {"outbound-flood": 0.5, "inbound-flood": 0.5, "http-flood": 0.2, "slow-loris": 0.2, "reflector": 0.4},
    "command-and-control": {"beacon": 0.9},
    "exfiltration": {"bulk-exfiltration": 0.9, "dns-exfiltration": 0.2},
}

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
        names = [name for names in ATTACKS.values() for name, share in names.items() if draw.random() < share]
        return {
            **common,
            "hosts": round(math.exp(draw.uniform(math.log(8), math.log(50)))),
            "minutes": draw.choice((15, 20, 30, 45)),
            "intensity": round(10 ** draw.uniform(-0.7, 1), 3),
            # One in ten stays clean; the others have many attacks at once, since attacks are what there is too little of.
            "scenarios": [] if draw.random() < 0.1 else names,
        }
    intensity = INTENSITIES[seed % len(INTENSITIES)] if split == "intensity" else ORDINARY["intensity"]
    clean = split != "intensity" and draw.random() < 0.25
    names = [draw.choice(list(names)) for names in ATTACKS.values() if draw.random() < 0.75]
    return {**common, **ORDINARY, "intensity": intensity, "scenarios": [] if clean else names}


def simulate(plan: dict, logs: str) -> None:
    """Writes the logs of a planned network, and their labels, to a folder."""
    flowtrap(
        *("simulate", *(plan["scenarios"] or ["benign"]), "--out", logs, "--seed", str(plan["seed"])),
        *("--hosts", str(plan["hosts"]), "--minutes", str(plan["minutes"]), "--intensity", str(plan["intensity"])),
        *("--aggregation-seconds", str(plan["aggregationSeconds"]), "--format-fields", plan["fields"]),
    )


def write_matrix(split: str, seed: int, out: Path) -> int:
    """Simulates one network and writes its matrix; the number of records."""
    plan = network(split, seed)
    with tempfile.TemporaryDirectory(prefix="flowtrap-") as logs:
        simulate(plan, logs)
        matrix = out / split / f"{seed}.parquet"
        summary = flowtrap("features", logs, "--labels", str(Path(logs) / "labels.csv"), "--out", str(matrix))
    if summary["malformed"] or summary["objectsFailed"]:
        raise RuntimeError(f"the logs of seed {seed} were not read whole: {summary}")
    plan["records"] = summary["records"]
    (out / split / f"{seed}.json").write_text(json.dumps(plan, indent=1) + "\n")
    return summary["records"]


def main() -> None:
    parser = argparse.ArgumentParser(description="Makes the feature matrices that the forest learns from.")
    parser.add_argument("--captures", type=Path, default=ROOT.parent / "shared" / "data", help="folder of the captures of real networks")
    parser.add_argument("--simulated-only", action="store_true", help="do without captures; the model will not be the shipped one")
    parser.add_argument("--out", type=Path, default=ROOT / "out" / "training", help="folder for the matrices")
    parser.add_argument("--jobs", type=int, default=2, help="networks simulated at once")
    options = parser.parse_args()
    for folder in (*SPLITS, "captures"):
        shutil.rmtree(options.out / folder, ignore_errors=True)
        (options.out / folder).mkdir(parents=True)
    if not options.simulated_only:
        write_captures(options.captures, options.out / "captures")
    simulate_networks(options.out, options.jobs)


def simulate_networks(out: Path, jobs: int) -> None:
    networks = [(split, seed) for split, (first, count) in SPLITS.items() for seed in range(first, first + count)]
    records = 0
    with ThreadPoolExecutor(jobs) as pool:
        for done, count in enumerate(pool.map(lambda network: write_matrix(*network, out), networks), start=1):
            records += count
            if done % 20 == 0 or done == len(networks):
                print(f"{done} of {len(networks)} networks, {records:,} records", file=sys.stderr)


if __name__ == "__main__":
    main()
