"""The model card: a text around the figures of results files. No number in it is written by hand.

    npm run python -- models/card.py

Reads random-forest.json, which models/train.py writes, and results/*.json, which the other scripts write. Writes MODEL_CARD.md.
"""

import json
import math
from pathlib import Path

from captures import CAPTURES

HERE = Path(__file__).resolve().parent

TEMPLATE = """# Model card: the flowtrap {algorithm}

Written by `models/card.py`, not by hand. The figures stand in `random-forest.json` and `results/`.

- **Task.** The probability of six classes (benign, scan, brute force, denial of service, command and control, exfiltration) for one
  conversation: client, server, server port and protocol within five minutes, with what its client, server and service did in
  those five minutes. {features} features, none of them an address, a raw port or a clock time (`flowtrap features --catalog`).
- **Model.** {trees} trees of depth {depth}, {nodes:,} nodes, {bytes:,} bytes, at least {leafRowsMin} rows in a leaf, and a sigmoid for each class that turns
  votes into probabilities. The exported model differs from scikit-learn by at most {parity:.1e} over the test conversations.
- **Data.** Attacks are simulated, everyday traffic is simulated and of {captureCount} captures of {siteCount} real networks. No real attack has been learnt from.
- **Use.** One witness among several detectors. The figures below are of the forest alone, counted as its detector (`lib/detectors/forest.ts`)
  counts; command and control is only borne out by it, never raised by it alone.

## Commands

```
npm ci
npm run python -- models/data.py --captures ../shared/data   # simulates, converts: out/training
npm run python -- models/train.py                            # random-forest.onnx, random-forest.json
npm run python -- models/tried.py                            # results/tried.json
npm run python -- models/networks.py                         # results/networks.json, docs/networks.md
npm run python -- models/top_alerts.py                       # results/top-alerts.json
npm run python -- models/ablation.py                         # results/ablation.json
npm run python -- models/gap.py                              # results/gap.json
npm run python -- models/novelty.py                          # results/novelty.json
npm run python -- models/sizes.py                            # results/sizes.json
npm run python -- models/card.py                             # this file
```

## Data

### Simulated

Seeds are disjoint; *train* is learnt from, *validation* chose size, calibration and thresholds, *test* and *intensity* were only reported.

{splits}

Training networks have 8 to 50 hosts, 15 to 45 minutes, attacks of 0.2 to 10 times their ordinary volume; validation and test networks have
30 hosts, 60 minutes and ordinary attacks, a quarter of them none. Logs have the ten-minute aggregation interval in one network of four, and four
different lists of fields: version 2, with `tcp-flags`, with packet addresses, with both and more.

### Real

Public captures, converted by `flowtrap convert` in both aggregation intervals. Only their everyday traffic is learnt from, none of the data is in this
repository, and the forest holds no address and no row of it.

{captures}

Each file is checked against its SHA-256 before anything is learnt. What they come to in the matrix:

{learntCaptures}

**Terms.** {unlicensed} of the {captureCount} came without a licence text: they are published for research, with a citation asked for, and nothing is known that forbids or allows a
published model. Whoever will not stand on that trains without captures (`models/data.py --simulated-only`, then `models/train.py --simulated-only`), and
has more false findings. Data sets whose terms forbid a published model are left out (BoT-IoT and its NetFlow versions: commercial use to be agreed with the authors), and
those without times or addresses. KDD Cup 1999 and NSL-KDD are in `docs/algorithms.md` for comparison and in no model.

In unlabelled background, all rows of a client are left out that the sequential test calls a scanner in some window or that made ten connections
to a login service in one, and of a labelled attacker everything that is not labelled benign. What else is attack in there and was not seen is learnt as everyday traffic.

### What is learnt

At most {rowsPerUnitMax} rows of one actor-window and label, {benignRowsPerUnitMax} of everyday traffic, and of strangers from the internet one row in one window of
{strangersEvery}:

{learnt}

An actor-window is (actor, window); the actor is the client, for a flood of five or more clients the server. Rows of an actor-window with less than
this of its class are left out of training, since one failed connection is no attack:
{evidence}.
*Visible* below means that some window holds as much. `unlabelled` rows of simulated networks are left out too, except strangers from the internet, who
are learnt as benign.

## On networks never seen

{networks}

More, with intervals and against the targets: `docs/networks.md`.

## On simulated networks

On the test networks ({hours:g} hours). A finding is a run of windows of one class and actor (and, for command and control and exfiltration, server); a
scan needs five conversations above the threshold, a flood 12,000 packets or 6,000 flows. Thresholds allow this many false findings an hour on the
validation networks: {rates}; and this many per 1,000 active host-hours on captures, each judged by a forest that has not learnt from it: {realRates}.

{results}

- *Found*: an actor-window of the attack became a signal; with the 95 % interval of Wilson. *Precision* of conversations counts all that is
  not an attack of this class as false, bystanders of an attack included.
- *False an hour*: findings on benign actors, on strangers from the internet, and on attackers of another class.

Attacks found by scenario, ordinary volume:

{scenarios}

Attacks found by volume (1 is ordinary):

{intensities}

## Calibration

Probabilities are those of networks in which attacks are as common as in the simulated validation networks: there, of the conversations with a probability
of 0.7 for a class, seven in ten are of it. In a network with fewer attacks they are too high. `flowtrap calibrate` sets thresholds for a network of one's own.

{calibration}

Probability = 1 / (1 + exp(-(slope × ln(votes / (1 - votes)) + offset))); benign gets the rest.

## Size

On the simulated validation networks, by votes that are not yet calibrated and thresholds for these networks alone. Average precision is of visible actor-windows against
those without an attack, its mean over the five classes. Speed is of one thread in chunks of {sizeChunk} rows, opening without the runtime's own start; both differ from run
to run. The shipped shape is in bold.

{sizes}

{knee}

## What it looks at

Share of impurity that each feature removes, the first fifteen and the last five:

{importances}

### Without a group of features

{ablation}

Where a forest without a group does better on a capture than with all, the group fits the simulation more than that network. One bot in CTU-13 and few attackers in CIC-IDS2017 are
no ground to drop one.

## How far simulation is from the real

{gap}

## What is unlike anything learnt

Beside the classes the manifest tells how far a conversation lies from all that was learnt (`models/distance.py`; `observed.novelty` of a finding). Above 1, as one
training row in a thousand, the forest guesses: confidence is divided by it, and nothing is raised for it alone. Share of conversations beyond, by a model
that has not learnt from the site:

{novelty}

So low a share on real networks says that they differ in how features combine within known ranges, not by values never met. It is no alarm for attacks.

## Known false positives

Findings of the model of one seed that had not seen the network (`docs/networks.md` has all):

{examples}

## What it cannot see

- **Names.** Questions to the VPC's own resolver are not in flow logs; tunnels through it are invisible.
- **Low and slow.** A slow scan, a beacon that calls less than four times in five minutes, guessing of a few tries an hour and an upload in small
  pieces leave too little in one window; detectors of the history look for them.
- **Behind NAT.** Hosts behind one address are one actor; an attacker among a busy office drowns.
- **Content.** A backup and a theft of the same size to new servers look alike; so do chat and an implant.
- **Small floods.** Twenty clients that ask a web server for pages are a flood only by intent. Slow-loris is few packets: not a flood by volume.
- **Amplified floods** arrive as answers nobody asked for: the log shows the victim as the client, which the flood's features do not describe.
- **Automation over SSH** opens equal short sessions all day and looks like guessing.

## Drift

Retrain when the feature table or the simulator changes, when false findings of the forest alone exceed one a week per 100 hosts after
`flowtrap calibrate`, or when `observed.novelty` of findings is often above 1. Own labels are worth more than
any simulation: see `docs/retraining.md`. Look at the test figures once; whoever tunes on them takes new seeds.
"""


def model_card(manifest: dict, results: dict) -> str:
    metrics, data = manifest["metrics"], manifest["data"]
    settings = metrics["settings"]
    return TEMPLATE.format(
        **settings | {"calibration": calibration_table(settings["calibration"]), "importances": importances_table(settings, manifest["features"])},
        strangersEvery=round(1 / settings["strangersKept"]),
        algorithm=manifest["algorithm"],
        features=len(manifest["features"]),
        parity=metrics["parityDifference"],
        captureCount=len(CAPTURES),
        siteCount=len({capture.site for capture in CAPTURES}),
        unlicensed=sum("no licence text" in capture.terms for capture in CAPTURES),
        splits=splits_table(data),
        captures=captures_table(),
        learntCaptures=learnt_captures_table(data["captures"]),
        learnt=table(("class", "rows learnt"), [(name, f"{count:,}") for name, count in data["train"]["rowsLearnt"].items()]),
        evidence=", ".join(f"{least:,} {unit}" for least, unit in zip(settings["evidenceMin"].values(), EVIDENCE_UNITS)),
        hours=data["test"]["hours"],
        rates=rates(settings["falseFindingsPerHour"]),
        realRates=rates(settings["falseFindingsPer1000HostHours"]),
        results=results_table(metrics["test"], manifest["thresholds"]),
        scenarios=table(("scenario", "found"), [(name, interval(*count)) for name, count in metrics["scenarios"].items()]),
        intensities=intensities_table(metrics["intensities"]),
        sizeChunk=results["sizes"]["chunkRows"],
        sizes=sizes_table(results["sizes"]["shapes"], settings),
        knee=KNEE,
        networks=networks_table(results["networks"]),
        ablation=ablation_table(results["ablation"]),
        gap=gap_text(results["gap"]),
        novelty=table(
            ("network", "conversations", "beyond"),
            [(one["name"], f"{one['conversations']:,}", f"{one['beyond']:.2%}") for one in results["novelty"]["networks"]],
        ),
        examples=examples_table(results["networks"]["withTests"]),
    )


def rates(by_class: dict[str, float]) -> str:
    return ", ".join(f"{rate:g} ({name})" for name, rate in by_class.items())


EVIDENCE_UNITS = ("contacts", "connections", "packets", "five-second slots with a connection", "bytes sent")


def table(head: tuple[str, ...], rows: list[tuple]) -> str:
    lines = [head, tuple("---" if index == 0 else "---:" for index in range(len(head))), *rows]
    return "\n".join(f"| {' | '.join(str(cell) for cell in line)} |" for line in lines)


def splits_table(data: dict) -> str:
    head = ("split", "seeds", "networks", "hours", "records", "conversations")
    rows = [
        (name, "{} to {}".format(*split["seeds"]), split["networks"], f"{split['hours']:g}", f"{split['records']:,}", f"{split['conversations']:,}")
        for name, split in data.items()
        if name != "captures"
    ]
    return table(head, rows)


def captures_table() -> str:
    head = ("capture", "file", "SHA-256", "source", "terms", "to be borne in mind")
    rows = [(one.name, f"`{one.file}`", f"`{one.sha256}`", one.source, one.terms, one.caution) for one in CAPTURES]
    return table(head, rows).replace("---:", "---")


def learnt_captures_table(captures: list[dict]) -> str:
    head = ("capture", "interval", "conversations", "host-hours")
    rows = [(one["name"], f"{one['aggregationSeconds']} s", f"{one['conversations']:,}", one["hostHours"]) for one in captures]
    return table(head, rows)


def calibration_table(calibration: dict[str, dict]) -> str:
    return table(("class", "slope", "offset"), [(name, one["slope"], one["offset"]) for name, one in calibration.items()])


def networks_table(results: dict) -> str:
    """Mean over the seeds of what was found of what the targets ask for, and of false findings."""
    rows = []
    for network, figures in results["networks"].items():
        cells = []
        for name in results["targetMin"]:
            part = figures["classes"][name]["target"]
            recall = f"{part['recall']:.2f} of {part['actorWindows']}" if "recall" in part else "none there"
            cells.append(f"{recall}; {figures['classes'][name]['falseFindings']['mean']:g} false")
        rows.append((network, figures["hostHours"], *cells))
    return table(("network", "host-hours", *results["targetMin"]), rows)


def ablation_table(ablation: dict) -> str:
    head = ("without", "features", "simulation: average precision", *(f"{name}: average precision" for name in ablation["captures"]))
    rows = [
        (
            *(one["without"], one["features"], f"{one['simulation']:.3f}"),
            *("none there" if value is None else f"{value:.3f}" for value in (one["captures"][name] for name in ablation["captures"])),
        )
        for one in ablation["groups"]
    ]
    return f"{ablation['about']}\n\n{table(head, rows)}"


def gap_text(gap: dict) -> str:
    parts = [gap["about"]]
    for one in gap["classes"]:
        rows = [(f"`{feature['name']}`", feature["distance"], feature["simulated"], feature["real"]) for feature in one["features"]]
        parts.append(f"**{one['class']}**, {one['network']} ({one['rows']:,} rows), mean distance {one['mean']:.2f}:")
        parts.append(table(("feature", "distance", "median simulated", "median real"), rows))
    return "\n\n".join(parts)


def examples_table(beside: dict) -> str:
    rows = [(f"`{finding['title']}`", network) for network, report in beside.items() for finding in report["wrong"]]
    return table(("finding", "network"), rows[:12]).replace("---:", "---")


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


KNEE = """The knee is at depth 16. Up to there depth finds attacks that shallower forests lose, at half of the speed of depth 6; beyond it a few more are found, and the file has more
than a megabyte. Thirty or sixty trees find a few more at a half to a fifth of the speed. Extremely randomised trees need more nodes for less."""


def sizes_table(shapes: list[dict], settings: dict) -> str:
    head = ("algorithm", "trees", "depth", "rows in a leaf", "nodes", "bytes", "open", "rows a second", "average precision", "attacks found")
    rows = []
    for one in shapes:
        shape = ("trees", "depth", "leafRowsMin")
        shipped = one["algorithm"] == "random forest" and all(one[name] == settings[name] for name in shape)
        cells = (
            *(one["algorithm"], *(one[name] for name in shape), f"{one['nodes']:,}", f"{one['bytes']:,}", f"{one['openMilliseconds']:g} ms"),
            *(f"{one['rowsPerSecond']:,}", f"{one['averagePrecision']:.3f}", f"{one['attacksFound']} of {one['attacks']}"),
        )
        rows.append(tuple(f"**{cell}**" for cell in cells) if shipped else cells)
    return table(head, rows)


def importances_table(settings: dict, names: list[str]) -> str:
    importances = settings["importances"]
    shown = [*importances[:15], *importances[-5:]]
    return table(("feature", "share"), [(f"`{names[index]}`", f"{share:.1%}") for index, share in shown])


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


def card() -> str:
    manifest = json.loads((HERE / "random-forest.json").read_text())
    names = ("networks", "ablation", "gap", "novelty", "sizes")
    return model_card(manifest, {name: json.loads((HERE / "results" / f"{name}.json").read_text()) for name in names})


if __name__ == "__main__":
    (HERE / "MODEL_CARD.md").write_text(card(), encoding="utf-8")
