"""The model card: a text around the numbers of one training run. No number in it is written by hand."""

import math

TEMPLATE = """# Model card: the flowtrap {algorithm}

Written by `models/train.py`; edit `models/card.py`, not this file. The same numbers stand in `random-forest.json`.

- **Task.** The probability of six classes (benign, scan, brute force, denial of service, command and control, exfiltration) for one
  conversation: client, server, server port and protocol within five minutes, with what its client, server and service did in
  those five minutes. {features} features, none of them an address, a raw port or a clock time (`flowtrap features --catalog`).
- **Model.** {trees} trees of depth {depth}, {nodes:,} nodes, {bytes:,} bytes, at least {leafRowsMin} rows in a leaf. The exported model differs from
  scikit-learn by at most {parity:.1e} over the test conversations.
- **Data.** Simulated networks only, see below. No real traffic has been seen by training, thresholds or this card.
- **Use.** One witness among several detectors. The figures below are of the forest alone, counted as its detector (`lib/detectors/forest.ts`)
  counts; command and control is only borne out by it, never raised by it alone.

## Data

`npm run python -- models/data.py` writes it. Seeds are disjoint; *train* is learnt from, *validation* chose size and thresholds,
*test* and *intensity* were only reported.

{splits}

Training networks have 8 to 50 hosts, 15 to 45 minutes, attacks of 0.2 to 10 times their ordinary volume; validation and test networks have
30 hosts, 60 minutes and ordinary attacks, a quarter of them none. Logs have the ten-minute aggregation interval in one network of four, and four
different lists of fields: version 2, with `tcp-flags`, with packet addresses, with both and more. At most {rowsPerUnitMax} rows of one actor-window and
label are learnt from:

{learnt}

An actor-window is (actor, window); the actor is the client, for a flood of five or more clients the server. Rows of an actor-window with less than
this of its class are left out of training, since one failed connection is no attack:
{evidence}.
*Visible* below means that some window holds as much. `unlabelled` rows are left out too, except strangers from the internet, who are learnt as benign.

## Results

On the test networks ({hours:g} hours). A finding is a run of windows of one class and actor (and, for command and control and exfiltration, server); a
scan needs five conversations above the threshold, a flood 12,000 packets or 6,000 flows. Thresholds allow this many false findings an hour on the
validation networks: {rates}.

{results}

- *Found*: an actor-window of the attack became a signal; with the 95 % interval of Wilson. *Precision* of conversations counts all that is
  not an attack of this class as false, bystanders of an attack included.
- *False an hour*: findings on benign actors, on strangers from the internet, and on attackers of another class.

Attacks found by scenario, ordinary volume:

{scenarios}

Attacks found by volume (1 is ordinary):

{intensities}

## Size

On the validation networks. Average precision is of visible actor-windows against those without an attack, its mean over the five classes.

{compared}

## What it looks at

Share of impurity that each feature removes, the first fifteen and the last five:

{importances}

## Weaknesses

- **Simulation only.** Real networks hold behaviour that nobody thought to simulate; expect more false findings and lower recall there.
- **One window.** A beacon that calls less than four times in five minutes, a slow scan and an upload in small pieces leave too little in one window.
- **Backups look like exfiltration.** A large upload to a new server and a backup to object storage have the same shape; only
  history tells them apart.
- **Polling looks like a beacon.** Chat, push and API clients call as regularly as implants do.
- **Small floods look like visitors.** Twenty clients that ask a web server for pages are a flood only by intent.
- **Amplified floods** arrive as answers nobody asked for: the log shows the victim as the client, which the flood's features do not describe.
- **Automation over SSH looks like guessing.** Scheduled `git fetch` and configuration tools open equal short sessions all day.
- Thresholds hold for the everyday traffic that the simulation knows, at about 30 hosts; false findings grow with the number of hosts.
"""


def model_card(manifest: dict, settings: dict, importances: list[tuple[str, float]]) -> str:
    metrics, data = manifest["metrics"], manifest["data"]
    return TEMPLATE.format(
        **settings,
        algorithm=manifest["algorithm"],
        features=len(manifest["features"]),
        parity=metrics["parityDifference"],
        splits=splits_table(data),
        learnt=table(("class", "rows learnt"), [(name, f"{count:,}") for name, count in data["train"]["rowsLearnt"].items()]),
        evidence=", ".join(
            f"{least:,} {unit}" for least, unit in zip(settings["evidenceMin"].values(), EVIDENCE_UNITS)
        ),
        hours=data["test"]["hours"],
        rates=", ".join(f"{rate:g} ({name})" for name, rate in settings["falseFindingsPerHour"].items()),
        results=results_table(metrics["test"], manifest["thresholds"]),
        scenarios=table(("scenario", "found"), [(name, interval(*count)) for name, count in metrics["scenarios"].items()]),
        intensities=intensities_table(metrics["intensities"]),
        compared=compared_table(metrics["compared"]),
        importances=importances_table(importances),
    )


EVIDENCE_UNITS = ("contacts", "connections", "packets", "five-second slots with a connection", "bytes sent")


def table(head: tuple[str, ...], rows: list[tuple]) -> str:
    lines = [head, tuple("---" if index == 0 else "---:" for index in range(len(head))), *rows]
    return "\n".join(f"| {' | '.join(str(cell) for cell in line)} |" for line in lines)


def splits_table(data: dict) -> str:
    head = ("split", "seeds", "networks", "hours", "records", "conversations")
    rows = [
        (name, "{} to {}".format(*split["seeds"]), split["networks"], f"{split['hours']:g}", f"{split['records']:,}", f"{split['conversations']:,}")
        for name, split in data.items()
    ]
    return table(head, rows)


def results_table(measured: dict, thresholds: dict) -> str:
    head = (
        *("class", "threshold", "attacks found", "visible found", "actor-window recall (visible)", "actor-window precision"),
        *("conversation recall", "conversation precision", "false an hour: benign", "strangers", "other attack"),
    )
    rows = [
        (
            *(name, thresholds[name], interval(got["attacksFound"], got["attacks"])),
            f"{got['attacksVisibleFound']} of {got['attacksVisible']}",
            f"{percent(got['actorWindowRecall'])} ({percent(got['actorWindowRecallVisible'])})",
            *(percent(got["actorWindowPrecision"]), percent(got["conversationRecall"]), percent(got["conversationPrecision"])),
            *(got["falseFindingsPerHour"], got["noiseFindingsPerHour"], got["misnamedFindingsPerHour"]),
        )
        for name, got in measured.items()
    ]
    return table(head, rows)


def intensities_table(intensities: dict[str, dict[str, list[int]]]) -> str:
    volumes = sorted({volume for counts in intensities.values() for volume in counts}, key=float)
    cell = lambda counts, volume: "{} of {}".format(*counts[volume]) if volume in counts else "none"
    return table(("class", *volumes), [(name, *(cell(counts, volume) for volume in volumes)) for name, counts in intensities.items()])


def compared_table(compared: list[dict]) -> str:
    head = ("algorithm", "trees", "depth", "rows in a leaf", "nodes", "bytes", "average precision", "attacks found")
    rows = [
        (
            *(one["algorithm"], one["trees"], one["depth"], one["leafRowsMin"], f"{one['nodes']:,}", f"{one['bytes']:,}", one["averagePrecision"]),
            f"{one['attacksFound']} of {one['attacks']}",
        )
        for one in compared
    ]
    return table(head, rows)


def importances_table(importances: list[tuple[str, float]]) -> str:
    shown = [*importances[:15], *importances[-5:]]
    return table(("feature", "share"), [(f"`{name}`", f"{share:.1%}") for name, share in shown])


def percent(value: float | None) -> str:
    return "none" if value is None else f"{value:.1%}"


def interval(found: int, of: int) -> str:
    """Count with the 95 % interval of Wilson (1927)."""
    if of == 0:
        return "none"
    z = 1.959964
    share = found / of
    centre = (share + z * z / (2 * of)) / (1 + z * z / of)
    spread = z / (1 + z * z / of) * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    return f"{found} of {of} ({max(0, centre - spread):.0%} to {min(1, centre + spread):.0%})"
