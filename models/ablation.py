"""What groups of features are worth: the forest without each of them.

    npm run python -- models/ablation.py [--data out/training]

Writes results/ablation.json: average precision on simulated validation networks (mean over the attack classes) and, attack or not, on captures that
the forests have not learnt from. One seed, so that differences of a few hundredths are noise.
"""

import argparse
from pathlib import Path

import numpy as np

from forest import SEED, fit
from matrix import ATTACK_CLASSES
from network import Network
from train import HERE, read_material, write_json
from trial import Workshop

RESULTS = HERE / "results" / "ablation.json"
HELD_OUT = ("ctu", "cic")  # sites

GROUPS = {
    "client context": lambda name: name.startswith("client_") and name != "client_ports" and name != "client_is_ours",
    "pair context": lambda name: name.startswith("pair_"),
    "sweep context": lambda name: name.startswith("sweep_"),
    "service context": lambda name: name.startswith(("server_peers", "service_")),
    "random walks": lambda name: name.endswith("_walk"),
    "failures": lambda name: "failed" in name or name in ("is_unanswered", "is_unprompted", "reject_share", "resets_per_flow"),
    "sizes": lambda name: "bytes" in name or "packets" in name,
    "timing": lambda name: name in ("flow_duration", "active_slots", "gap_regularity", "flows_per_client_port"),
    "ours and port": lambda name: name in ("client_is_ours", "server_is_ours", "is_authentication_port"),
}


def measure(workshop: Workshop, networks: dict[str, Network], kept: np.ndarray) -> dict:
    features, label = workshop.rows_without(frozenset(HELD_OUT), SEED)
    forest = fit(features[:, kept], label)
    validation = workshop.material.validation
    votes = forest.predict_proba(validation.rows.features[:, kept])
    precision = {}
    for name, network in networks.items():
        precision[name] = round(network.pooled_precision(forest.predict_proba(network.judge.rows.features[:, kept])), 4)
    return {
        "features": int(kept.sum()),
        "simulation": round(float(np.mean([validation.average_precision(votes, kind) for kind in ATTACK_CLASSES])), 4),
        "captures": precision,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="Measures the forest without groups of features.")
    parser.add_argument("--data", type=Path, default=HERE.parent / "out" / "training", help="what models/data.py wrote")
    options = parser.parse_args()
    workshop = Workshop(read_material(options.data))
    networks = {name: Network(workshop.material.captures[name][-1].rows) for name in HELD_OUT}
    names = workshop.material.train.names
    groups = []
    for group, belongs in {"nothing": lambda name: False, **GROUPS}.items():
        kept = np.array([not belongs(name) for name in names])
        groups.append({"without": group, **measure(workshop, networks, kept)})
        print(groups[-1], flush=True)
    about = (
        "Forests that have not learnt from the captures named. Simulation is the mean over the attack classes, captures are attack or not; visible "
        "actor-windows, one seed: differences of a few hundredths are noise."
    )
    write_json(RESULTS, {"about": about, "captures": list(HELD_OUT), "groups": groups})


if __name__ == "__main__":
    main()
