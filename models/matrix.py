"""Feature matrices as arrays, and the units that attacks are counted in."""

import json
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

MATRIX_VERSION = "1"
IDENTITY = ("window_start", "interface_id", "client", "server", "server_port", "protocol", "flows", "label")

# Order of the model's outputs.
CLASSES = ("benign", "scan", "brute-force", "denial-of-service", "command-and-control", "exfiltration")
BENIGN, SCAN, GUESSING, FLOOD, CONTROL, EXFILTRATION = range(len(CLASSES))
ATTACK_CLASSES = range(1, len(CLASSES))
# Rows that no class covers: strangers from the internet, second sights of an attack at a gateway, the background of a real network.
UNLABELLED = len(CLASSES)
# Rows that are neither learnt nor judged: attacks of no class of ours, and suspects in unlabelled background.
LEFT_OUT = UNLABELLED + 1

# As lib/detectors/scored.ts has it: from this many clients of one service of ours on, a flood is told of the victim.
VICTIM_CLIENTS_MIN = 5


@dataclass
class Rows:
    """Conversations of one split, column by column, in the order of seeds and then of the matrix."""

    features: np.ndarray  # rows × features, float32
    label: np.ndarray  # index in CLASSES, UNLABELLED or LEFT_OUT
    network: np.ndarray  # index in `networks`
    window: np.ndarray  # Unix seconds
    client: np.ndarray  # code of an address
    server: np.ndarray
    networks: list[dict]  # what was simulated or captured, see data.py
    names: tuple[str, ...]  # of the features
    feature_hash: str

    def column(self, name: str) -> np.ndarray:
        return self.features[:, self.names.index(name)]

    def labelled(self, label: np.ndarray) -> "Rows":
        """The same rows under other labels."""
        return replace(self, label=label)

    def chosen(self, rows: np.ndarray) -> "Rows":
        """Some of the rows, by index or mask."""
        columns = ("features", "label", "network", "window", "client", "server")
        return replace(self, **{name: getattr(self, name)[rows] for name in columns})

    @property
    def hours(self) -> float:
        return sum(network["minutes"] for network in self.networks) / 60

    @property
    def host_hours(self) -> int:
        """Pairs of a client of ours and a clock hour in which it began a conversation, as lib/evaluate/false-alerts.ts counts."""
        ours = self.column("client_is_ours") == 1
        return int(groups(self.network[ours], self.window[ours] // 3600, self.client[ours]).max(initial=-1)) + 1


def read_split(folder: Path) -> Rows:
    """All matrices of a folder. Stops when there are none, or when they are of another layout or of different feature tables."""
    paths = sorted(folder.glob("*.parquet"))
    if not paths:
        raise SystemExit(f"no matrix in {folder}, expected what models/data.py writes")
    return join([read_matrix(path) for path in paths])


def read_matrix(path: Path) -> Rows:
    """One matrix with its plan beside it. The plan's `renamed` says which class a label of the data set is to us."""
    table = pq.read_table(path)
    plan = json.loads(path.with_suffix(".json").read_text())
    feature_hash = metadata(table, path)
    names = tuple(name for name in table.column_names if name not in IDENTITY)
    addresses: dict[str, int] = {}
    coded = lambda name: np.array([addresses.setdefault(text, len(addresses)) for text in table[name].to_numpy()])
    renamed = plan.get("renamed", {})
    return Rows(
        features=np.column_stack([table[name].to_numpy() for name in names]).astype(np.float32),
        label=np.array([label_index(renamed.get(text, text)) for text in table["label"].to_numpy()]),
        network=np.zeros(table.num_rows, np.int64),
        window=table["window_start"].to_numpy(),
        client=coded("client"),
        server=coded("server"),
        networks=[plan],
        names=names,
        feature_hash=feature_hash,
    )


def join(parts: list[Rows]) -> Rows:
    """One after the other. Addresses of different parts count as different. Stops when feature tables differ."""
    first = parts[0]
    refuse_other_tables(parts)
    codes = np.cumsum([0, *(max(part.client.max(), part.server.max()) + 1 for part in parts[:-1])])
    counts = np.cumsum([0, *(len(part.networks) for part in parts[:-1])])
    column = lambda name, offsets=np.zeros(len(parts), np.int64): np.concatenate(
        [getattr(part, name) + offset for part, offset in zip(parts, offsets)]
    )
    return Rows(
        features=np.concatenate([part.features for part in parts]),
        label=column("label"),
        network=column("network", counts),
        window=column("window"),
        client=column("client", codes),
        server=column("server", codes),
        networks=[network for part in parts for network in part.networks],
        names=first.names,
        feature_hash=first.feature_hash,
    )


def refuse_other_tables(parts: list[Rows]) -> None:
    """Stops when feature tables differ: a column would mean one thing to the forest and another to the matrix that it judges."""
    first = parts[0]
    for part in parts:
        if part.feature_hash != first.feature_hash or part.names != first.names:
            raise SystemExit(
                f"{described(part)} has feature table {part.feature_hash}, {described(first)} {first.feature_hash}; "
                "write all matrices with one build (models/data.py)"
            )


def described(rows: Rows) -> str:
    names = [network_name(network) for network in rows.networks]
    return names[0] if len(names) == 1 else f"{names[0]} to {names[-1]}"


def network_name(plan: dict) -> str:
    """What a network is called: captures by name, simulated ones by seed. Two matrices of one name are two sights of one network."""
    return plan.get("name") or f"seed {plan['seed']}"


def refuse_shared_networks(sides: dict[str, Rows]) -> None:
    """Stops when a network stands on two sides of a split: figures of a network that was learnt from are of memory, not of skill."""
    home: dict[str, str] = {}
    for side, rows in sides.items():
        for name in {network_name(network) for network in rows.networks}:
            if home.setdefault(name, side) != side:
                raise SystemExit(f"the network {name} is in {home[name]} and in {side}, expected on one side of the split only")


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
    if text == "other-attack":
        return LEFT_OUT
    raise SystemExit(f'no class for the label "{text}", expected {", ".join(CLASSES)}, other-attack or unlabelled')


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


def amounts(rows: Rows) -> dict[int, np.ndarray]:
    """How much every row adds to what EVIDENCE_MIN asks for."""
    forward = from_octaves(rows.column("forward_packets"))
    backward = from_octaves(rows.column("forward_packets") - rows.column("packets_balance"))
    return {
        SCAN: np.ones(len(rows.label)),
        GUESSING: from_octaves(rows.column("client_ports")),
        FLOOD: forward + backward,
        CONTROL: rows.column("active_slots") * 60.0,
        EXFILTRATION: from_octaves(rows.column("forward_bytes")),
    }


def has_evidence(rows: Rows) -> np.ndarray:
    """Whether each row's actor-window holds enough of its class; true for rows of no attack."""
    amount = amounts(rows)
    enough = np.ones(len(rows.label), bool)
    for kind, least in EVIDENCE_MIN.items():
        own = rows.label == kind
        unit = units(rows, kind)
        total = np.bincount(unit, weights=np.where(own, amount[kind], 0))
        # Sums of estimates: a hair below a whole number is that number.
        enough[own] = total[unit[own]] >= least * 0.999
    return enough
