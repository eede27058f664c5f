"""Works out figures of the model page on small matrices made here; prints them as JSON. Run by figures.test.ts."""

import json
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "models"))

import networks_page  # noqa: E402
from beside import Beside  # noqa: E402
from card import card  # noqa: E402
from coverage import Coverage  # noqa: E402
from matrix import BENIGN, CLASSES, EXFILTRATION, FLOOD, GUESSING, SCAN, UNLABELLED, Rows  # noqa: E402
from network import Network, targets  # noqa: E402

FEATURES = json.loads((ROOT / "models" / "random-forest.json").read_text())["features"]
WINDOW = 1_790_000_100


def rows_of(labels: list[int], clients: list[int], **columns: list[float]) -> Rows:
    """Conversations of one window of one network; features not named are 0."""
    features = np.zeros((len(labels), len(FEATURES)), np.float32)
    for name, values in columns.items():
        features[:, FEATURES.index(name)] = values
    return Rows(
        features=features,
        label=np.array(labels),
        network=np.zeros(len(labels), np.int64),
        window=np.full(len(labels), WINDOW),
        client=np.array(clients),
        server=np.arange(len(labels)) + 1000,
        networks=[{"name": "small", "minutes": 60, "scenarios": []}],
        names=tuple(FEATURES),
        feature_hash="a" * 64,
    )


def octaves(values: list[float]) -> list[float]:
    whole = [int(np.log2(1 + value)) for value in values]
    return [power + (1 + value) / 2.0**power - 1 for power, value in zip(whole, values)]


def calls() -> dict[str, int]:
    """Four uploads: called by their class only; a scan besides, less likely; a scan besides, likelier; a scan only. A fifth is not noticed."""
    rows = rows_of([EXFILTRATION] * 5, [1, 2, 3, 4, 5], forward_bytes=octaves([200_000_000] * 5))
    network = Network(rows)
    probabilities = np.zeros((5, len(CLASSES)))
    probabilities[:4, EXFILTRATION] = [0.9, 0.9, 0.6, 0.1]
    probabilities[:4, SCAN] = [0.1, 0.7, 0.8, 0.9]
    raised = {EXFILTRATION: np.array([1, 1, 1, 0, 0], bool), SCAN: np.array([0, 1, 1, 1, 0], bool)}
    return network.calls(raised, probabilities)


def asked_for() -> dict[str, list[bool]]:
    """What is asked for of floods: 60,000 packets, or 30,000 flows; of guessing: ten connections, on a login port."""
    floods = rows_of([FLOOD] * 3, [1, 2, 3], forward_packets=octaves([60_000, 30_000, 29_000]), packets_balance=octaves([60_000, 30_000, 29_000]), forward_flows=octaves([1, 30_000, 29_000]))
    logins = rows_of([GUESSING] * 3, [1, 2, 3], client_ports=octaves([10, 9, 10]), is_authentication_port=[1, 1, 0])
    return {"floods": targets(floods, FLOOD).tolist(), "logins": targets(logins, GUESSING).tolist()}


def finding(**changes: object) -> dict:
    one = {"class": "scan", "actors": [{"address": "10.0.0.1"}], "actorCount": 1, "firstSeen": "2026-09-21T13:36:00Z", "lastSeen": "2026-09-21T13:37:00Z"}
    targets_ = {"hosts": [{"address": "10.0.0.9"}], "hostCount": 1, "services": ["22/tcp"], "serviceCount": 1}
    return one | {"targets": targets_ | changes.pop("targets", {})} | changes


def covered(folder: Path) -> dict[str, list[bool]]:
    """Which of six conversations findings are about: the very one, another client, server, port and protocol, and a later window."""
    first = 1_789_997_700  # 2026-09-21T13:35:00Z
    columns = {
        "window_start": [first] * 5 + [first + 300],
        "client": ["10.0.0.1", "10.0.0.2", *["10.0.0.1"] * 4],
        "server": ["10.0.0.9", "10.0.0.9", "10.0.0.8", *["10.0.0.9"] * 3],
        "server_port": [22, 22, 22, 23, 22, 22],
        "protocol": [6, 6, 6, 6, 17, 6],
    }
    folder.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table(columns), folder / "rows.parquet")
    coverage = Coverage(folder / "rows.parquet")
    said = {
        "whole": finding(),
        "part of the actors": finding(actorCount=500),
        "part of the hosts": finding(targets={"hostCount": 500}),
        "part of the services": finding(targets={"serviceCount": 500}),
        "two windows": finding(lastSeen="2026-09-21T13:41:00Z"),
    }
    return {name: coverage.rows_of(one).tolist() for name, one in said.items()}


def beside() -> dict:
    """Three findings of scans: about an attack, about an innocent, about a suspect; and one of guessing about an innocent."""
    rows = rows_of([SCAN, BENIGN, UNLABELLED], [1, 2, 3])
    attack, suspect = rows.label == SCAN, rows.label == UNLABELLED
    found = Beside(3, [{"class": name} for name in ("scan", "scan", "scan", "brute-force")], [*np.eye(3, dtype=bool), np.array([0, 1, 0], bool)])
    return {
        "scan": found.false_findings(SCAN, attack),
        "withoutSuspects": found.false_findings(SCAN, attack | suspect),
        "guessing": found.false_findings(GUESSING, attack),
        "covered": found.covered(GUESSING).tolist(),
        "nothing": found.covered(FLOOD).tolist(),
    }


def pages() -> dict[str, bool]:
    """Whether generated pages are what the results beside them give."""
    written = {"models/MODEL_CARD.md": card(), "docs/networks.md": networks_page.page()}
    return {name: (ROOT / name).read_text(encoding="utf-8") == text for name, text in written.items()}


if __name__ == "__main__":
    print(json.dumps({"calls": calls(), "asked": asked_for(), "covered": covered(Path(sys.argv[1])), "beside": beside(), "pages": pages()}))
