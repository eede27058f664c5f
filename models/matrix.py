"""Feature matrices as arrays, and the units that attacks are counted in."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

MATRIX_VERSION = "1"
IDENTITY = ("window_start", "interface_id", "client", "server", "server_port", "protocol", "flows", "label")

# Order of the model's outputs.
CLASSES = ("benign", "scan", "brute-force", "denial-of-service", "command-and-control", "exfiltration")
BENIGN, SCAN, GUESSING, FLOOD, CONTROL, EXFILTRATION = range(len(CLASSES))
ATTACK_CLASSES = range(1, len(CLASSES))
# Rows that no class covers: strangers from the internet, second sights of an attack at a gateway.
UNLABELLED = len(CLASSES)

# As lib/detectors/scored.ts has it: from this many clients of one service of ours on, a flood is told of the victim.
VICTIM_CLIENTS_MIN = 5


@dataclass
class Rows:
    """Conversations of one split, column by column, in the order of seeds and then of the matrix."""

    features: np.ndarray  # rows × features, float32
    label: np.ndarray  # index in CLASSES, or UNLABELLED
    network: np.ndarray  # index in `networks`
    window: np.ndarray  # Unix seconds
    client: np.ndarray  # code of an address
    server: np.ndarray
    networks: list[dict]  # what was simulated, see data.py
    names: tuple[str, ...]  # of the features
    feature_hash: str

    def column(self, name: str) -> np.ndarray:
        return self.features[:, self.names.index(name)]

    @property
    def hours(self) -> float:
        return sum(network["minutes"] for network in self.networks) / 60


def read_split(folder: Path) -> Rows:
    """All matrices of a folder. Throws when there are none, or when they are of another layout or of different feature tables."""
    paths = sorted(folder.glob("*.parquet"))
    if not paths:
        raise SystemExit(f"no matrix in {folder}, expected what models/data.py writes")
    tables = [pq.read_table(path) for path in paths]
    networks = [json.loads(path.with_suffix(".json").read_text()) for path in paths]
    names = tuple(name for name in tables[0].column_names if name not in IDENTITY)
    feature_hash = metadata(tables[0], paths[0])
    for table, path in zip(tables, paths):
        if metadata(table, path) != feature_hash or tuple(table.column_names[len(IDENTITY) :]) != names:
            raise SystemExit(f"{path} has another feature table than {paths[0]}; write all matrices with one build")
    addresses: dict[str, int] = {}
    column = lambda name: np.concatenate([table[name].to_numpy() for table in tables])
    coded = lambda name: np.array([addresses.setdefault(text, len(addresses)) for text in column(name)])
    return Rows(
        features=np.column_stack([column(name) for name in names]).astype(np.float32),
        label=np.array([label_index(text) for text in column("label")]),
        network=np.repeat(np.arange(len(tables)), [table.num_rows for table in tables]),
        window=column("window_start"),
        client=coded("client"),
        server=coded("server"),
        networks=networks,
        names=names,
        feature_hash=feature_hash,
    )


def metadata(table, path: Path) -> str:
    """The hash of the feature table that a matrix was written with."""
    found = {key.decode(): value.decode() for key, value in (table.schema.metadata or {}).items()}
    if found.get("flowtrap.matrix") != MATRIX_VERSION:
        raise SystemExit(f"{path} has matrix version {found.get('flowtrap.matrix')}, expected {MATRIX_VERSION}; write it again")
    if "label" not in table.column_names:
        raise SystemExit(f"{path} has no labels; write it again with flowtrap features --labels")
    return found["flowtrap.feature_hash"]


def label_index(text: str) -> int:
    if text in CLASSES:
        return CLASSES.index(text)
    if text == "unlabelled":
        return UNLABELLED
    raise SystemExit(f'no class for the label "{text}", expected {", ".join(CLASSES)} or unlabelled')


def from_octaves(values: np.ndarray) -> np.ndarray:
    """Inverse of the catalog's octaves: log2(1 + x), linear between powers of two."""
    whole = np.floor(values.astype(np.float64))
    return 2.0**whole * (1 + values - whole) - 1


def groups(*columns: np.ndarray) -> np.ndarray:
    """A number for every different combination of values, from 0, in the order of the columns' values."""
    number = np.zeros(len(columns[0]), np.int64)
    for column in columns:
        codes = np.unique(column, return_inverse=True)[1]
        number = np.unique(number * (codes.max() + 1) + codes, return_inverse=True)[1]
    return number


def actors(rows: Rows, kind: int) -> tuple[np.ndarray, np.ndarray]:
    """Actor and scope of every row should it count for the class: the very rule of lib/detectors/forest.ts."""
    anybody = np.full(len(rows.label), -1)
    if kind == FLOOD:
        many = from_octaves(rows.column("service_peers")) >= VICTIM_CLIENTS_MIN - 0.5
        return np.where(many & (rows.column("server_is_ours") == 1), rows.server, rows.client), anybody
    return rows.client, rows.server if kind in (CONTROL, EXFILTRATION) else anybody


def units(rows: Rows, kind: int) -> np.ndarray:
    """Number of the actor-window of every row: (network, actor, scope, window)."""
    return groups(rows.network, *actors(rows, kind), rows.window)


# What one window must hold before it is asked of the forest, summed over the rows of the class in the actor-window, and why.
# Rows of actor-windows with less are left out of training: they teach that a single failed connection is an attack. They
# stay in the reported figures, which are given with and without them.
EVIDENCE_MIN = {
    SCAN: 5,  # contacts: fewer cannot be told from bad luck, six misses without a hit decide Jung's random walk
    GUESSING: 5,  # connections: a person mistypes a password too
    FLOOD: 12_000,  # packets, both ways: the least that the detector takes for a flood, 200 a second over a minute
    CONTROL: 4,  # slots of five seconds with a connection: regularity needs three gaps
    EXFILTRATION: 10_000_000,  # bytes sent: 100 MB an hour is the least that anybody calls bulk
}


def has_evidence(rows: Rows) -> np.ndarray:
    """Whether each row's actor-window holds enough of its class; true for rows of no attack."""
    forward = from_octaves(rows.column("forward_packets"))
    backward = from_octaves(rows.column("forward_packets") - rows.column("packets_balance"))
    amounts = {
        SCAN: np.ones(len(rows.label)),
        GUESSING: from_octaves(rows.column("client_ports")),
        FLOOD: forward + backward,
        CONTROL: rows.column("active_slots") * 60.0,
        EXFILTRATION: from_octaves(rows.column("forward_bytes")),
    }
    enough = np.ones(len(rows.label), bool)
    for kind, least in EVIDENCE_MIN.items():
        own = rows.label == kind
        unit = units(rows, kind)
        total = np.bincount(unit, weights=np.where(own, amounts[kind], 0))
        # Sums of estimates: a hair below a whole number is that number.
        enough[own] = total[unit[own]] >= least * 0.999
    return enough
