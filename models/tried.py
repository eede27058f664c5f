"""What else was tried against the targets that are missed: other forests and more lenient thresholds, on networks left out.

    npm run python -- models/tried.py [--data out/training]

One seed, the forest alone, measured as models/networks.py does. Writes results/tried.json, which docs/networks.md shows when it is made next.
"""

import argparse
from pathlib import Path

import numpy as np

from captures import suspects
from forest import SEED, SHIPPED, Shape
from matrix import ATTACK_CLASSES, CLASSES, read_split
from network import Network
from networks import SIGHT, SIMULATION
from train import HERE, read_captures, read_material, write_json
from trial import Workshop, site_of

RESULTS = HERE / "results" / "tried.json"

# A shape, and by how much more false findings thresholds may cause.
TRIED = {
    "as shipped": (SHIPPED, 1),
    "three times the false findings": (SHIPPED, 3),
    "50 trees": (Shape(trees=50), 1),
    "extremely randomised trees, 40 of depth 20": (Shape("extremely randomised trees", 40, 20), 1),
}


def measure(workshop: Workshop, networks: dict[str, Network], sites: dict[str, frozenset[str]], lenience: float) -> dict:
    """
    By class: recall of what is asked for on captures and on the simulation, and false findings per 1,000 host-hours of the captures. Average precision of
    attack or not is the mean over networks with attacks, with suspects among the innocent and without them.
    """
    for name, network in networks.items():
        network.take(workshop.model(sites[name], SEED, lenience))
    every = {name: network.figures() for name, network in networks.items()}
    figures = {name: one["classes"] for name, one in every.items()}
    real = [name for name in networks if name != SIMULATION]
    hours = sum(networks[name].judge.rows.host_hours for name in real)
    described = {}
    for kind in map(CLASSES.__getitem__, ATTACK_CLASSES):
        asked = [figures[name][kind]["target"] for name in real]
        count = sum(one["actorWindows"] for one in asked)
        described[kind] = {
            "captures": round(sum(one.get("recall", 0) * one["actorWindows"] for one in asked) / count, 4) if count else None,
            "simulation": figures[SIMULATION][kind]["target"].get("recall"),
            "falsePer1000HostHours": round(1000 * sum(figures[name][kind]["falseFindings"]["mean"] for name in real) / hours, 2),
        }
    mean = lambda key: round(float(np.mean([one[key]["mean"] for one in every.values() if one[key]])), 4)
    return {
        "averagePrecision": mean("averagePrecision"),
        "averagePrecisionWithoutSuspects": mean("averagePrecisionWithoutSuspects"),
        "classes": described,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="Measures other forests and thresholds on networks left out.")
    parser.add_argument("--data", type=Path, default=HERE.parent / "out" / "training", help="what models/data.py wrote")
    options = parser.parse_args()
    captures = [rows for rows in read_captures(options.data / "captures") if rows.networks[0]["aggregationSeconds"] == SIGHT]
    simulation = read_split(options.data / "test")
    material = read_material(options.data)
    sites = {rows.networks[0]["name"]: frozenset({site_of(rows)}) for rows in captures} | {SIMULATION: frozenset()}
    workshops: dict[Shape, Workshop] = {}
    results = []
    for name, (shape, lenience) in TRIED.items():
        networks = {rows.networks[0]["name"]: Network(rows, suspects(rows)) for rows in captures} | {SIMULATION: Network(simulation)}
        workshop = workshops.setdefault(shape, Workshop(material, shape))
        results.append({"tried": name, **measure(workshop, networks, sites, lenience)})
        print(results[-1], flush=True)
        write_json(RESULTS, {"seed": SEED, "tried": results})


if __name__ == "__main__":
    main()
