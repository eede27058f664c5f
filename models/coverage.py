"""Which conversations of a matrix a finding is about, as lib/evaluate/findings.ts has it."""

from datetime import datetime
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

WINDOW_SECONDS = 300
PORTED = {6: "tcp", 17: "udp"}


class Coverage:
    """The conversations of one matrix by what findings name: window, client, server and service."""

    def __init__(self, matrix: Path):
        columns = pq.read_table(matrix, columns=["window_start", "client", "server", "server_port", "protocol"])
        self.window = columns["window_start"].to_numpy()
        self.client, self.server = (columns[name].to_numpy() for name in ("client", "server"))
        self.port, self.protocol = (columns[name].to_numpy() for name in ("server_port", "protocol"))

    def rows_of(self, finding: dict) -> np.ndarray:
        """
        Whether a finding covers each conversation: from its first to its last window, between its actors and its targets, on its services. A list that it
        gives in part only, such as the sources of a flood, sets no bound.
        """
        targets = finding["targets"]
        covered = (self.window >= window_at(finding["firstSeen"])) & (self.window <= window_at(finding["lastSeen"]))
        for column, listed, count in (
            (self.client, finding["actors"], finding["actorCount"]),
            (self.server, targets["hosts"], targets["hostCount"]),
        ):
            if len(listed) == count:
                covered &= np.isin(column, [host["address"] for host in listed])
        if len(targets["services"]) == targets["serviceCount"]:
            covered &= self.on(targets["services"])
        return covered

    def on(self, services: list[str]) -> np.ndarray:
        """Whether each conversation is of a service such as "22/tcp"; those without ports have the protocol's name alone, which actors and targets tell apart."""
        found = np.zeros(len(self.port), bool)
        for protocol, name in PORTED.items():
            ports = [int(service.split("/")[0]) for service in services if service.endswith(f"/{name}")]
            found |= (self.protocol == protocol) & np.isin(self.port, ports)
        if any("/" not in service for service in services):
            found |= ~np.isin(self.protocol, list(PORTED))
        return found


def window_at(moment: str) -> int:
    seconds = int(datetime.fromisoformat(moment.replace("Z", "+00:00")).timestamp())
    return seconds // WINDOW_SECONDS * WINDOW_SECONDS
