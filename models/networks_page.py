"""
The page about networks never seen, around the figures of models/networks.py and models/tried.py. No figure in it is written by hand.

    npm run python -- models/networks_page.py

Reads results/networks.json and results/tried.json; writes docs/networks.md. models/networks.py does so as well.
"""

import json
from pathlib import Path

from card import table

HERE = Path(__file__).resolve().parent
PAGE = HERE.parent / "docs" / "networks.md"

# What was asked for: recall of actor-windows that hold enough, and average precision; see the page's text for the measures.
TARGETS = {"scan": 0.95, "brute-force": 0.95, "denial-of-service": 0.95, "exfiltration": 0.9}
AVERAGE_PRECISION = 0.95
CLASS_RIGHT = 0.95
ALERTS = 1

UNITS = {
    "scan": "contacts",
    "brute-force": "connections to an authentication port",
    "denial-of-service": "packets, or half as many flows",
    "command-and-control": "five-second slots with a connection",
    "exfiltration": "bytes sent",
}

# Why a class misses its target, what was tried, and what would be needed; told only of classes that do.
MISSED = {
    "scan": (
        "Half-sight: in the sample of CIC-IDS2017 some probes are only there as answers, so that the victim looks like the client of many ports",
        "the sequential test beside the forest, which finds all windows of the captures",
        "captures that are whole, with scanners that are labelled",
    ),
    "brute-force": (
        "Missed are whole attackers, not single windows: 15 to 60 tries in five minutes, slow sessions or a few at each of many doors, in networks whose programs log in "
        "as often",
        "flatness beside the forest, which needs its half agreement, since programs that log in are as flat as guessing; and who begins to log in within a run (new-logins), which needs a probability of 0.02 and finds most of what neither does",
        "labelled guessing of more tools in more networks; a history of who logs in where, which the forest has not",
    ),
    "denial-of-service": (
        "The threshold is high, and some floods are below it, for the sake of hosts of peer-to-peer networks with thousands of peers, which are floods by every feature of one window; false findings are of those; "
        "figures of the forest alone know no seconds and count 12,000 packets in a window as enough",
        "three false findings in place of one for this class: at one the threshold was 0.9995 and found 4 of 14 floods of the validation networks; the "
        "detector's 200 packets a second for as long as it lasts, which brings them below one",
        "everyday traffic of busy peer-to-peer hosts in training, of other networks than the one held out",
    ),
    "exfiltration": (
        "Uploads of 100 to 400 MB in five minutes score 0.4 to 0.83, next to the simulation's backups and uploads, and the threshold is above those. No real background comes near: "
        "there is room up to one false finding that thresholds do not use, since they obey the simulation as well",
        "three times the false findings allowed on the simulation: that alone reaches the target without a false finding on real background, see below, and has more among simulated "
        "backups, which is what an operator with backups would see; more trees find more, too",
        "what is usual for a host: ten times that is part of the target, and no feature of one window has it. Detectors of the history do; a labelled upload in a "
        "network with backups to set the threshold by",
    ),
    "average precision": (
        "CTU-13's background: a few windows of one bot, half of them calls home that one window does not show, among tens of thousands; the ranking is led by peer-to-peer hosts, "
        "polling pages, and guessing that is likely true (docs/real-networks.md). On the simulation small floods and calls home are ranked among everyday traffic",
        "distance from thresholds in place of the probability of benign; suspects left out; more trees, and extremely randomised ones, which rank CTU-13 better and find fewer attacks at their thresholds, "
        "see below and docs/algorithms.md",
        "command and control told from hours of history, and a background that is labelled",
    ),
}

TEMPLATE = """# On networks never seen

Written by `models/networks_page.py` from `models/results/networks.json` and `tried.json`.

```
npm run python -- models/data.py --captures ../shared/data
npm run python -- models/tried.py       # only what else was tried
npm run python -- models/networks.py
```

For every capture of a real network, models are made that know nothing of it: not its everyday traffic, nor thresholds, nor calibration. Thresholds come
from simulated validation networks and from the other captures, each judged by a forest without that capture, for at most one false finding per
1,000 active internal host-hours (three for floods; ten for command and control, which pages nobody). Captures of one site are left out together. No attack of any capture is learnt from by any model. The rows
*{simulation}* are networks of the same simulator under seeds never learnt from, so no stranger at all. {seeds} seeds; `a to b` are the least and
the most of them, brackets hold the 95 % interval when actors are drawn anew ({resamples} times). An actor-window is what one host did in five minutes.
Captures are seen in intervals of {sight} s, AWS's default.

The captures were looked at while the project was made: they are development sets. On other networks expect less.

## Against the targets

{targets}

- Asked for is what holds at least: {least}.
- The forest alone: mean of the seeds, every actor-window by itself. With its tests: findings of `flowtrap detect`, all detectors at work, with the model of the
  first seed; an actor-window is found when a finding of its class is about one of its conversations.
- False findings count everything unlabelled as innocent, the true scanners among it included; in brackets without suspects, clients of the background that
  `suspects` in `models/captures.py` describes. A target is met when recall reaches it and false findings on the real background do, whichever networks recall is of; simulated
  networks are full of look-alikes on purpose, so that their false findings are no rate of an ordinary network.
- Slow-loris is reported apart, as a flood that is none by volume.

{verdict}

## Each network

{networks}

*Average precision* is of 1 minus the probability of benign and counts suspects as innocent, *without suspects* leaves their actor-windows out. *By distance from thresholds*
ranks by the class that comes furthest above its threshold, in odds, suspects counted.

### What attacks are called

Of actor-windows that are asked for, over all seeds, by the forest alone. *Noticed* are those of which a conversation was raised as any class; *likeliest* is the class of
the raised conversation with the highest probability, what a person would take for the answer.

{called}

## Each class, the forest alone

{classes}

*Visible* asks for what one window must hold to be learnt from at all (model card); *asked for* is the stricter measure of the targets. Recall over one actor
has no interval: it is one attacker, however many windows.

## With its tests beside it

The volume test for floods, the sequential test for scans, flatness for guessing, and all other detectors: what `flowtrap detect` finds with the model of
the first seed, and the same model's forest alone. By actor-windows that are asked for, and false findings of the class.

{besideClasses}

By simulated scenario; a network with the scenario is one attack. Slow-loris is few packets and is not asked for; its attacks count beside it.

{scenarios}

By attacker, who counts once, however many flows he made. False findings here are of all classes, also of those that the forest does not know.

{beside}

{wrong}

## What falls short, and why

{missed}

### What else was tried

Other forests and thresholds on the same networks, one seed, the forest alone: recall of what is asked for on captures / on the simulation, and false findings per 1,000
host-hours of the captures, suspects counted.

{tried}

### What the data cannot say

- **Floods** are hardly in these captures: IoT-23's recorder lost nearly all packets of its floods, CIC-IDS2017 is a sample that keeps a few of every
  thousand flows, so that volumes are gone. Figures are of simulated ones.
- **Exfiltration** has no real example in any data at hand whose terms allow a model. Figures are of simulated uploads.
- **Command and control** is not to be seen in one window: polling of pages, mail and chat has the same shape. Tried: real background in training, a
  threshold for ten false findings per 1,000 host-hours; neither separates them. Hours of history do, which other detectors keep.
- **Half-sight.** In CIC-IDS2017's sample some of the scanner's probes are only there as answers, so that the victim looks like the client of many ports: those
  windows are missed. Guessing over port 80 (a web form) is no authentication port and is missed.
- **Guessing** is whole in CIC-IDS2017 alone, by two tools from one address. One more network with labelled guessing would say more than all simulation.
"""


def page() -> str:
    results = {name: json.loads((HERE / "results" / f"{name}.json").read_text()) for name in ("networks", "tried")}
    return networks_page(results["networks"], results["tried"]["tried"])


def write_page() -> None:
    PAGE.write_text(page(), encoding="utf-8")


def networks_page(results: dict, tried: list[dict]) -> str:
    networks = results["networks"]
    return TEMPLATE.format(
        simulation="simulation",
        seeds=len(results["seeds"]),
        resamples=results["resamples"],
        sight=results["sightSeconds"],
        targets=targets_table(results),
        least="; ".join(f"{least:,} {UNITS[name]} ({name})" for name, least in results["targetMin"].items()),
        verdict="\n".join(f"- {line}" for line in verdicts(results)),
        networks=networks_table(results),
        called=called_table(networks),
        classes="\n\n".join(f"### {name}\n\n{class_table(networks, name)}" for name in results["targetMin"]),
        besideClasses=beside_classes_table(results),
        scenarios=scenarios_table(networks["simulation"]),
        beside=beside_table(results["withTests"]),
        wrong=wrong_list(results["withTests"]),
        missed=missed_table(results),
        tried=tried_table(tried),
    )


def captures_of(networks: dict) -> dict:
    return {name: figures for name, figures in networks.items() if name != "simulation"}


class Pooled:
    """A class over several networks: recall by actor-window, false findings by host-hour; the forest alone, and with its tests."""

    def __init__(self, networks: dict, name: str):
        self.host_hours = sum(figures["hostHours"] for figures in networks.values())
        classes = [figures["classes"][name] for figures in networks.values()]
        beside = [one.get("beside") for one in classes]
        count = lambda key: sum(one[key]["mean"] for one in classes)
        self.asked = sum(one["target"]["actorWindows"] for one in classes)
        self.forest = share([one["target"] for one in classes])
        self.forest_false = self.rate(count("falseFindings"))
        self.forest_false_sure = self.rate(count("falseFindingsWithoutSuspects"))
        self.measured = all(beside)
        if self.measured:
            self.tests = share([one["all"] for one in beside])
            self.tests_false = self.rate(sum(one["allFalse"] for one in beside))
            self.tests_false_sure = self.rate(sum(one["allFalseWithoutSuspects"] for one in beside))

    def rate(self, count: float) -> float:
        return 1000 * count / self.host_hours


def share(parts: list[dict]) -> float | None:
    """Recall over all networks, by actor-window."""
    count = sum(part["actorWindows"] for part in parts)
    return sum(part.get("recall", 0) * part["actorWindows"] for part in parts) / count if count else None


def sides(results: dict) -> dict[str, dict]:
    networks = results["networks"]
    return {"captures": captures_of(networks), "simulation": {"simulation": networks["simulation"]}}


def targets_table(results: dict) -> str:
    rows = []
    for name in results["targetMin"]:
        for side, networks in sides(results).items():
            one = Pooled(networks, name)
            tests = ("not measured", "") if not one.measured else (shared(one.tests), f"{one.tests_false:.2f} ({one.tests_false_sure:.2f})")
            target = f"≥ {TARGETS[name]} at ≤ {ALERTS}" if name in TARGETS else "reported"
            rows.append((name, target, side, one.asked, shared(one.forest), f"{one.forest_false:.2f} ({one.forest_false_sure:.2f})", *tests))
    head = (
        *("class", "target recall at false findings", "on", "asked for", "forest alone: recall", "false per 1,000 host-hours"),
        *("with its tests: recall", "false per 1,000 host-hours"),
    )
    return table(head, rows)


def shared(value: float | None) -> str:
    return "none there" if value is None else f"{value:.3f}"


def mean_precision(networks: dict, key: str) -> tuple[float, int]:
    precisions = [figures[key]["mean"] for figures in networks.values() if figures[key]]
    return sum(precisions) / len(precisions), len(precisions)


def right_share(networks: dict, key: str) -> tuple[float, int]:
    noticed = sum(figures["called"]["noticed"] for figures in networks.values())
    return sum(figures["called"][key] for figures in networks.values()) / max(1, noticed), noticed


def verdicts(results: dict) -> list[str]:
    networks = results["networks"]
    macro, count = mean_precision(networks, "averagePrecision")
    other = [mean_precision(networks, key)[0] for key in ("averagePrecisionWithoutSuspects", "averagePrecisionByMargin", "averagePrecisionByMarginWithoutSuspects")]
    likeliest, noticed = right_share(networks, "likeliestOwn")
    only, _ = right_share(networks, "ownOnly")
    said = [
        f"Average precision of attack or not, mean over the {count} networks with attacks: {macro:.3f} ({met(macro, AVERAGE_PRECISION)}); without suspects {other[0]:.3f}. "
        f"By distance from thresholds in place of the probability of benign: {other[1]:.3f}, without suspects {other[2]:.3f}.",
        f"Class right, of {noticed} actor-windows noticed: the likeliest class is the right one in {likeliest:.3f} ({met(likeliest, CLASS_RIGHT)}); no other class "
        f"is called besides in {only:.3f} ({met(only, CLASS_RIGHT)}).",
    ]
    for name, target in TARGETS.items():
        real = Pooled(captures_of(networks), name)
        for side, group in sides(results).items():
            one = Pooled(group, name)
            if one.forest is None:
                continue
            words = [f"alone {shared(one.forest)} at {real.forest_false:.2f} ({hit(one.forest, real.forest_false, target)})"]
            if one.measured:
                words.append(f"with its tests {shared(one.tests)} at {real.tests_false:.2f} ({hit(one.tests, real.tests_false, target)})")
            said.append(f"{name}, recall on {side}: {', '.join(words)}.")
    worm = scenario_of(networks, "worm")
    if worm and worm["actorWindows"] > 0:
        words = [f"{way} {worm[key]['actorWindows']} of {worm['actorWindows']}" for way, key in (("alone", "forest"), ("with its tests", "all"))]
        least = worm["all"]["actorWindows"] / worm["actorWindows"]
        said.append(f"Worm-like sweeps, simulation: {', '.join(words)} actor-windows ({met(least, TARGETS['scan'])}).")
    return said


def scenario_of(networks: dict, name: str) -> dict | None:
    return next((one for one in networks["simulation"].get("scenarios", ()) if one["scenario"] == name), None)


def hit(recall: float, rate: float, target: float) -> str:
    return "met" if recall >= target and rate <= ALERTS else "missed"


def met(value: float, target: float) -> str:
    return f"target {target}, {'met' if value >= target else 'missed'}"


def called_table(networks: dict) -> str:
    keys = ("noticed", "ownOnly", "ownAndOther", "otherOnly", "likeliestOwn")
    rows = [(name, *(figures["called"][key] for key in keys)) for name, figures in networks.items()]
    rows.append(("all", *(sum(row[index] for row in rows) for index in range(1, len(keys) + 1))))
    return table(("network", "noticed", "only its own class", "its own and another", "another only", "likeliest is its own"), rows)


def tried_table(tried: list[dict]) -> str:
    cell = lambda one: f"{shared(one['captures'])} / {shared(one['simulation'])} at {one['falsePer1000HostHours']:.2f}"
    precision = lambda variant: f"{variant['averagePrecision']:.3f}, {variant['averagePrecisionWithoutSuspects']:.3f}"
    rows = [(variant["tried"], *map(cell, variant["classes"].values()), precision(variant)) for variant in tried]
    return table(("", *tried[0]["classes"], "average precision, without suspects"), rows).replace("none there", "-")


def missed_table(results: dict) -> str:
    rows = []
    for name, told in MISSED.items():
        real = Pooled(captures_of(results["networks"]), name) if name in TARGETS else None
        for side, group in sides(results).items() if real else ():
            one = Pooled(group, name)
            ways = {"forest alone": (one.forest, real.forest_false)}
            if one.measured:
                ways["with its tests"] = (one.tests, real.tests_false)
            missed = [f"{way} {shared(recall)} at {rate:.2f}" for way, (recall, rate) in ways.items() if recall is not None and hit(recall, rate, TARGETS[name]) == "missed"]
            if missed:
                rows.append((f"{name}, recall on {side}", "; ".join(missed), *told))
    macro, _ = mean_precision(results["networks"], "averagePrecision")
    if macro < AVERAGE_PRECISION:
        rows.append(("average precision, attack or not", f"{macro:.3f}", *MISSED["average precision"]))
    return table(("missed", "figure", "reason", "tried", "needed"), rows).replace("---:", "---")


def beside_classes_table(results: dict) -> str:
    rows = []
    for name in results["targetMin"]:
        for network, figures in results["networks"].items():
            beside, rate = figures["classes"][name].get("beside"), lambda count: f"{count} ({1000 * count / figures['hostHours']:.2f})"
            if beside and ("recall" in beside["all"] or beside["forestFalse"] or beside["allFalse"]):
                rows.append((name, network, found(beside["forest"]), rate(beside["forestFalse"]), found(beside["all"]), rate(beside["allFalse"])))
    head = ("class", "network", "forest alone", "false findings (per 1,000 host-hours)", "with its tests", "false findings (per 1,000 host-hours)")
    return table(head, rows) + "\n\nNetworks without attacks and without false findings of a class are left out."


def scenarios_table(simulation: dict) -> str:
    rows = [
        (
            *(one["scenario"], one["class"], one["attacks"], one["forest"]["attacks"], one["all"]["attacks"]),
            *(one["actorWindows"], one["forest"]["actorWindows"], one["all"]["actorWindows"]),
        )
        for one in simulation.get("scenarios", ())
    ]
    head = ("scenario", "class", "attacks", "forest alone", "with its tests", "actor-windows asked for", "forest alone", "with its tests")
    return table(head, rows)


def networks_table(results: dict) -> str:
    rows = [
        (
            *(name, f"{figures['hostHours']:,}", f"{figures['conversations']:,}"),
            *(ranged(figures[key], 3) for key in ("averagePrecision", "averagePrecisionWithoutSuspects", "averagePrecisionByMargin")),
            f"{sum(one['falseFindings']['mean'] for kind, one in figures['classes'].items() if kind != 'command-and-control'):.1f}",
            results["captures"].get(name, {}).get("caution", "seeds 30000 to 30031, the same simulator"),
        )
        for name, figures in results["networks"].items()
    ]
    head = ("network", "host-hours", "conversations", "average precision, attack or not", "without suspects", "by distance from thresholds", "false findings but C2", "to be borne in mind")
    return table(head, rows)


def class_table(networks: dict, name: str) -> str:
    rows = []
    for network, figures in networks.items():
        one = figures["classes"][name]
        low, high = one["falseInterval"]
        rows.append(
            (
                *(network, found(one["visible"]), found(one["target"]), ranged(one["averagePrecision"], 3)),
                f"{one['falseFindings']['mean']:g}",
                f"{one['falseFindingsPer1000HostHours']['mean']:.2f} [{low:.2f} to {high:.2f}]",
            )
        )
    head = ("network", "visible found", "asked for found", "average precision", "false findings", "per 1,000 host-hours")
    return table(head, rows)


def found(part: dict) -> str:
    if "recall" not in part:
        return "none there"
    interval = f" [{part['interval'][0]:.2f} to {part['interval'][1]:.2f}]" if "interval" in part else ""
    return f"{part['recall']:.3f} of {part['actorWindows']} ({part['actors']} actors){interval}"


def ranged(part: dict | None, digits: int) -> str:
    if part is None:
        return "none there"
    return f"{part['mean']:.{digits}f} ({part['least']:.{digits}f} to {part['most']:.{digits}f})"


def beside_table(beside: dict) -> str:
    rows = []
    for name, report in beside.items():
        attackers = report["attackers"]
        rows.append(
            (
                *(name, len(attackers), sum(one["byForest"] for one in attackers), sum(one["byAll"] for one in attackers)),
                sum(outcomes["true"] + outcomes["misnamed"] for outcomes in report["findings"].values()),
                *(report["falseFindings"]["count"], f"{report['falseFindings']['per1000HostHours']:.1f}"),
            )
        )
    head = ("network", "attackers", "by the forest", "by all", "findings about attacks", "false findings", "per 1,000 host-hours")
    return table(head, rows)


def wrong_list(beside: dict) -> str:
    rows = [(f"`{finding['title']}`", name, finding["outcome"]) for name, report in beside.items() for finding in report["wrong"]]
    return "Every finding that is not of the class of an attack:\n\n" + table(("finding", "network", "labels say"), rows[:60]).replace("---:", "---")


if __name__ == "__main__":
    write_page()
