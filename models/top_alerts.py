"""The innocent actor-windows of captures that look most like attacks to a forest that has not seen the network, for a person to look into.

    npm run python -- models/top_alerts.py [--data out/training] [--most 50]

Ranked by how far the score lies above the threshold of its class, as a ratio of odds, so that classes can be compared; those below 1 are no alerts. An
actor-window stands once for each class and scope, as it would be told. Writes results/top-alerts.json and prints it as a table.
"""

import argparse
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from captures import suspects
from card import table
from coverage import PORTED, Coverage
from forest import SEED
from judge import Judge
from matrix import ATTACK_CLASSES, CLASSES, Rows, actors, from_octaves, read_matrix
from network import margin
from networks import SIGHT
from train import HERE, read_material, write_json
from trial import Model, Workshop, site_of

RESULTS = HERE / "results" / "top-alerts.json"


def alerts(rows: Rows, model: Model, matrix: Path, most: int) -> list[dict]:
    """The first of a capture, highest first."""
    judge, probabilities, coverage = Judge(rows), model.probabilities(rows.features), Coverage(matrix)
    found = []
    for kind in ATTACK_CLASSES:
        own, scores = judge.units[kind], judge.scores(probabilities, kind)
        candidates = np.flatnonzero(~own.own & ~own.other & (scores > 0))
        over = margin(scores[candidates], model.thresholds[kind])
        for place in np.argsort(-over, kind="stable")[:most]:
            unit = candidates[place]
            alert = {"class": CLASSES[kind], "over": round(float(over[place]), 3), "score": round(float(scores[unit]), 4)}
            found.append({**alert, "threshold": model.thresholds[kind], **described(rows, coverage, np.flatnonzero(own.of == unit), kind, probabilities[:, kind])})
    return sorted(found, key=lambda alert: -alert["over"])[:most]


def described(rows: Rows, coverage: Coverage, at: np.ndarray, kind: int, probability: np.ndarray) -> dict:
    """Who, when, the conversation that looks most like it, and what all of the actor-window add up to. Packets and bytes are those of features, near the truth."""
    strongest = at[probability[at].argmax()]
    # The busiest of hosts is client of some conversations of a flood and server of others.
    is_client = actors(rows, kind)[0] == rows.client
    actor, others = np.where(is_client, coverage.client, coverage.server), np.where(is_client, coverage.server, coverage.client)
    column = lambda name: rows.column(name)[at]
    packets, sent = column("forward_packets"), column("forward_bytes")
    return {
        "actor": actor[strongest],
        "isVictim": not bool(is_client[strongest]),
        "isOurs": bool(rows.column("client_is_ours" if is_client[strongest] else "server_is_ours")[strongest]),
        "isSuspect": bool(suspects(rows)[at].any()),
        "window": datetime.fromtimestamp(int(rows.window[at[0]]), UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "conversations": len(at),
        "hosts": len(set(others[at])),
        "strongestHost": others[strongest],
        "strongestService": service(coverage, strongest),
        "failed": int(column("is_unanswered").sum()),
        "flows": round(float(from_octaves(column("forward_flows")).sum())),
        "connections": round(float(from_octaves(column("client_ports")).sum())),
        "packets": round(float(from_octaves(packets).sum())),
        "packetsBack": round(float(from_octaves(np.maximum(0, packets - column("packets_balance"))).sum())),
        "bytes": round(float(from_octaves(sent).sum())),
        "bytesBack": round(float(from_octaves(np.maximum(0, sent - column("bytes_balance"))).sum())),
    }


def service(coverage: Coverage, row: int) -> str:
    port, protocol = coverage.port[row], coverage.protocol[row]
    return f"{port}/{PORTED[protocol]}" if protocol in PORTED else f"protocol {protocol}"


def alerts_table(found: list[dict]) -> str:
    rows = [
        (
            *(place, alert["network"], alert["window"][:16], alert["actor"], alert["class"], f"{alert['score']:.3f}", f"{np.exp(alert['over']):.2g}"),
            f"{alert['conversations']} with {alert['hosts']} hosts, {alert['failed']} failed",
            f"{alert['strongestHost']}, {alert['strongestService']}",
            f"{alert['packets']:,} / {alert['packetsBack']:,} packets, {alert['bytes']:,} / {alert['bytesBack']:,} bytes",
        )
        for place, alert in enumerate(found, start=1)
    ]
    return table(("", "network", "window", "actor", "as", "probability", "odds over threshold", "conversations", "most like it", "out / back"), rows)


def main() -> None:
    parser = argparse.ArgumentParser(description="Lists innocent actor-windows that look most like attacks.")
    parser.add_argument("--data", type=Path, default=HERE.parent / "out" / "training", help="what models/data.py wrote")
    parser.add_argument("--most", type=int, default=50, help="actor-windows to list")
    options = parser.parse_args()
    workshop = Workshop(read_material(options.data))
    found = []
    for path in sorted((options.data / "captures").glob(f"*-{SIGHT}.parquet")):
        rows = read_matrix(path)
        model = workshop.model(frozenset({site_of(rows)}), SEED)
        found += [{"network": rows.networks[0]["name"], **alert} for alert in alerts(rows, model, path, options.most)]
    found = sorted(found, key=lambda alert: -alert["over"])[: options.most]
    write_json(RESULTS, {"seed": SEED, "sightSeconds": SIGHT, "alerts": found})
    print(alerts_table(found))


if __name__ == "__main__":
    main()
