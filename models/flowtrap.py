"""The command line tool, called from Python."""

import json
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def flowtrap_command(*arguments: str) -> list[str]:
    return ["node", str(ROOT / "bin" / "flowtrap.ts"), *arguments]


def run(*arguments: str) -> str:
    """Runs the tool; what it printed. Throws with what it said when it fails."""
    done = subprocess.run(flowtrap_command(*arguments), capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"flowtrap {' '.join(arguments)} ended with {done.returncode}: {done.stderr.strip()}")
    return done.stdout


def flowtrap(*arguments: str) -> dict:
    """Runs the tool; its JSON summary."""
    return json.loads(run(*arguments, "--format", "json"))
