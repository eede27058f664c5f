"""Real networks beside the simulated ones: public captures, their terms, and what of them can be learnt as everyday traffic."""

import hashlib
import json
import lzma
import shutil
import subprocess
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np

from flowtrap import flowtrap, flowtrap_command
from matrix import BENIGN, LEFT_OUT, UNLABELLED, Rows, from_octaves, groups

# Both aggregation intervals that AWS offers: the same network seen twice, so that neither is new to the forest.
INTERVALS = (60, 600)


@dataclass(frozen=True)
class Capture:
    """A public data set as it lies in the data folder."""

    name: str
    site: str  # what was recorded at one place is left out together
    file: str
    sha256: str
    format: str  # of flowtrap convert
    vpc: str  # networks whose hosts count as ours
    source: str
    terms: str
    unlabelled: str = "unlabelled"  # what flows are of which the data says nothing
    renamed: dict = field(default_factory=dict)  # classes of ours by label of the conversion
    caution: str = ""


# Data sets without times or addresses, and those whose terms forbid a published model (BoT-IoT and its NetFlow versions: commercial use to be
# agreed with the authors), are not here.
CAPTURES = (
    Capture(
        name="ctu-13-6",
        site="ctu",
        file="ctu13-scenario6-first88min.binetflow.xz",
        sha256="27f89f165c06ff8ac9ae8dfc13ab3e80d8021d8eaaf67d2b1e49c9e9cd1b6802",
        format="argus",
        vpc="147.32.0.0/16",
        source="CTU-13, scenario 6, first 88 minutes (Garcia, Grill, Stiborek, Zunino 2014, Stratosphere Laboratory, CTU Prague)",
        terms="published for research, citation asked for; no licence text came with the copy",
        renamed={"other-attack": "scan"},
        caution="the background is unlabelled and holds true scanners; one bot, which sends spam: its sweep for 25/tcp counts as a scan; "
        "Argus gives no packets per direction",
    ),
    Capture(
        name="ctu-normal-7",
        site="ctu",
        file="stratosphere-normal-7-2013-12-17.binetflow.xz",
        sha256="b86daadf61f455640c5a34ff22fbf55928667081eea2e0b22621460e88963e6c",
        format="argus",
        vpc="10.0.0.0/8",
        source="CTU-Normal-7, one user with peer-to-peer traffic (Stratosphere Laboratory)",
        terms="published for research; no licence text came with the copy",
        unlabelled="benign",
        caution="one host, 21 minutes, no attack",
    ),
    Capture(
        name="iot-23-34-1",
        site="iot-laboratory",
        file="iot23-34-1-conn.log.labeled.xz",
        sha256="9f025d237a94ed1cef0af047642bb23b4b6a958d36eb2b99b280652f1dd5e9f1",
        format="zeek",
        vpc="192.168.0.0/16",
        source="IoT-23, capture 34-1, a device with Mirai, 24 hours (Garcia, Parmisano, Erquiaga 2020)",
        terms="CC BY as far as known, citation asked for; no licence text came with the copy",
        caution="one device; most of its flood rows carry no packets and are gone",
    ),
    Capture(
        name="cic-ids-2017",
        site="cic",
        file="cicids2017-improved-sample.csv.xz",
        sha256="f0d881456535e9031b4c807cf088c821ef2b09cb2686acda35f43bb72f17ff1b",
        format="cic",
        vpc="192.168.10.0/24",
        source="CIC-IDS2017 with corrected flows (Sharafaldin and others 2018; Engelen, Rimmer, Joosen 2021; Liu and others 2022), a sample",
        terms="redistribution in any form with citation, as the Canadian Institute for Cybersecurity states",
        caution="a random sample within each class: floods and everyday traffic are thinned out, guessing over SSH and FTP is whole",
    ),
)


def write_captures(data: Path, out: Path) -> None:
    """Writes OUT/<name>-<interval>/ (logs and labels), .parquet (matrix) and .json (what it is) for every capture."""
    for capture in CAPTURES:
        path = data / capture.file
        check(path, capture.sha256)
        for interval in INTERVALS:
            write_capture(path, capture, interval, out)


def check(path: Path, sha256: str) -> None:
    if not path.exists():
        raise SystemExit(f"{path} does not exist; name the folder of captures with --captures, or train with --simulated-only")
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != sha256:
        raise SystemExit(f"{path} has SHA-256 {found}, expected {sha256}; the model would not come out the same")


def write_capture(path: Path, capture: Capture, interval: int, out: Path) -> None:
    base = out / f"{capture.name}-{interval}"
    settings = out / f"{capture.name}.settings.json"
    out.mkdir(parents=True, exist_ok=True)
    settings.write_text(json.dumps({"ourNetworks": [capture.vpc]}) + "\n")
    arguments = ("--from", capture.format, "--vpc", capture.vpc, "--label", capture.unlabelled, "--aggregation-seconds", str(interval))
    with lzma.open(path) as unpacked:
        converted = flowtrap_from(unpacked, "convert", *arguments, "-", "--out", str(base))
    summary = flowtrap(
        *("features", str(base), "--labels", str(base / "labels.csv"), "--settings", str(settings)),
        *("--unmatched", capture.unlabelled, "--out", f"{base}.parquet"),
    )
    plan = {
        **{key: value for key, value in asdict(capture).items() if key != "unlabelled"},
        "aggregationSeconds": interval,
        "records": summary["records"],
        "flows": converted["flows"],
        "minutes": minutes(base / "labels.csv"),
    }
    base.with_suffix(".json").write_text(json.dumps(plan, indent=1) + "\n")


PIPES = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}


def flowtrap_from(source, *arguments: str) -> dict:
    """As `flowtrap`, with a file on standard input."""
    with subprocess.Popen([*flowtrap_command(*arguments), "--format", "json"], **PIPES) as process:
        shutil.copyfileobj(source, process.stdin)
        printed, errors = process.communicate()
    if process.returncode != 0:
        raise RuntimeError(f"flowtrap {' '.join(arguments)} ended with {process.returncode}: {errors.decode().strip()}")
    return json.loads(printed)


def minutes(labels: Path) -> float:
    """From the first labelled second to the last."""
    times = [line.split(",", 2)[:2] for line in labels.read_text().splitlines()[1:]]
    return round((max(int(end) for _, end in times) - min(int(start) for start, _ in times)) / 60, 1)


# Net failures over the servers of one service, or over the TCP services of one server, from which on lib/detectors/random-walk.ts calls a host
# of ours a scanner: seven, each worth ln 4.
SUSPECT_WALK = 7 * np.log(4) - 0.01
SUSPECT_NET_FAILURES = 6.9
# Connections to a login service in five minutes that lib/detectors/flatness.ts begins to look at.
SUSPECT_LOGINS = 9.5


def suspects(rows: Rows) -> np.ndarray:
    """
    Rows of unlabelled background that no innocence can be read from: all rows of a client that the sequential test calls a scanner in some window, or
    that made as many connections to a login service as guessing does. What is left is learnt as everyday traffic.
    """
    failures = from_octaves(rows.column("pair_services")) * (2 * rows.column("pair_failed_share") - 1)
    scans = (rows.column("sweep_walk") >= SUSPECT_WALK) | ((failures >= SUSPECT_NET_FAILURES) & (rows.column("is_tcp") == 1))
    logins = (rows.column("is_authentication_port") == 1) & (from_octaves(rows.column("client_ports")) >= SUSPECT_LOGINS)
    unlabelled = rows.label == UNLABELLED
    client = groups(rows.network, rows.client)
    suspected = np.bincount(client, weights=unlabelled & (scans | logins)) > 0
    return unlabelled & suspected[client]


def without_suspects(rows: Rows) -> Rows:
    """Innocent as far as can be told: suspects left out, the rest of the unlabelled background benign. Attacks keep their class."""
    label = np.where(suspects(rows), LEFT_OUT, rows.label)
    return rows.labelled(np.where(label == UNLABELLED, BENIGN, label))


def everyday(rows: Rows) -> Rows:
    """Only what can be learnt as everyday traffic: no attack, no suspect, and nothing that a client did in a window in which it attacked."""
    innocent = without_suspects(rows)
    attack = (innocent.label != BENIGN) & (innocent.label != LEFT_OUT)
    unit = groups(rows.network, rows.client, rows.window)
    tainted = np.bincount(unit, weights=attack)[unit] > 0
    attacker = np.bincount(groups(rows.network, rows.client), weights=attack)[groups(rows.network, rows.client)] > 0
    unsure = tainted | (attacker & (rows.label == UNLABELLED))
    return rows.labelled(np.where((innocent.label == BENIGN) & ~unsure, BENIGN, LEFT_OUT))
