"""Leave one network out: how the forest does on networks that neither it nor its thresholds have seen.

    npm run python -- models/networks.py [--data out/training] [--seeds 5] [--without-tests]

Reads the matrices and logs that models/data.py writes. For every capture, models are made that know nothing of it (models/trial.py), once for every
seed, and judged on it; and a model of everything on the simulated test networks. With its tests beside it, a model is judged by what `flowtrap
detect` finds, for the first seed; simulated networks are simulated once more for it. Writes results/networks.json and docs/networks.md.
"""

import argparse
from pathlib import Path

from beside import beside_capture, beside_simulation
from captures import suspects
from forest import SEED
from matrix import CLASSES, Rows, read_split, refuse_other_tables, refuse_shared_networks
from network import RESAMPLES, TARGET_MIN, Network
from networks_page import write_page
from train import HERE, read_captures, read_material, write_json
from trial import Workshop, site_of

RESULTS = HERE / "results" / "networks.json"
SIMULATION = "simulation"
SIGHT = 600  # captures are judged in AWS's default aggregation interval


def main() -> None:
    parser = argparse.ArgumentParser(description="Judges the forest on networks that it has not seen.")
    parser.add_argument("--data", type=Path, default=HERE.parent / "out" / "training", help="what models/data.py wrote")
    parser.add_argument("--seeds", type=int, default=5, help="models of each kind")
    parser.add_argument("--without-tests", action="store_true", help="leave out what flowtrap detect finds, which takes minutes")
    options = parser.parse_args()

    captures = {rows.networks[0]["name"]: rows for rows in read_captures(options.data / "captures") if rows.networks[0]["aggregationSeconds"] == SIGHT}
    workshop = Workshop(read_material(options.data))
    networks = {name: Network(rows, suspects(rows)) for name, rows in captures.items()}
    simulation = read_split(options.data / "test")
    refuse_shared_networks({"train": workshop.material.train, "validation": workshop.material.validation.rows, "test": simulation})
    refuse_other_tables([workshop.material.train, simulation])
    networks[SIMULATION] = Network(simulation)
    for seed in range(SEED, SEED + options.seeds):
        is_first = seed == SEED and not options.without_tests
        for site in dict.fromkeys(map(site_of, captures.values())):
            model = workshop.model(frozenset({site}), seed)
            for name in [name for name, rows in captures.items() if site_of(rows) == site]:
                networks[name].take(model)
                if is_first:
                    networks[name].beside = beside_capture(model, workshop.material.train, options.data / "captures" / f"{name}-{SIGHT}")
                print(seed, name, flush=True)
        model = workshop.model(frozenset(), seed)
        networks[SIMULATION].take(model)
        if is_first:
            networks[SIMULATION].beside = beside_simulation(model, workshop.material.train, options.data / "test")
        print(seed, SIMULATION, flush=True)
        workshop.forget()
        # Written after each seed: five take a while, and fewer say something too.
        write(networks, captures, list(range(SEED, seed + 1)))


def write(networks: dict[str, Network], captures: dict[str, Rows], seeds: list[int]) -> None:
    results = {
        "seeds": seeds,
        "sightSeconds": SIGHT,
        "resamples": RESAMPLES,
        "targetMin": {CLASSES[kind]: least for kind, least in TARGET_MIN.items()},
        "networks": {name: network.figures() for name, network in networks.items()},
        "withTests": {name: network.beside.report for name, network in networks.items() if network.beside and network.beside.report},
        "captures": {name: {key: rows.networks[0][key] for key in ("source", "caution")} for name, rows in captures.items()},
    }
    write_json(RESULTS, results)
    write_page()


if __name__ == "__main__":
    main()
