"""How a simulated ward words what it measures, in English, French or Spanish; read from emit_words.toml."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from horehab.domain.joints import JointSide, Motion
from horehab.domain.range_of_motion import Mode

LANGUAGES = ("en", "fr", "es")
_FILE = Path(__file__).with_name("emit_words.toml")


@cache
def _words() -> Mapping[str, Any]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))


def orders(language: str) -> int:
    """Say how many orders of words a language has."""
    return len(_words()[language]["orders"])


@cache
def worded_motion(language: str, order: int, place: JointSide, motion: Motion, mode: Mode | None) -> str:
    """Word a range of motion: "flexion passive de la hanche gauche"; without the mode where there is none."""
    table = _words()[language]
    key = mode.value if mode is not None and mode is not Mode.UNKNOWN else "none"
    long = table["motion"][motion.value]
    text = table["orders"][order].format(
        **_placed(table, place),
        motion=long,
        short_motion=table["short_motion"].get(motion.value, long),
        mode=table["mode"].get(key, ""),
        short_mode=table["short_mode"][key],
    )
    return _tidy(text)


@cache
def worded_pain(language: str, place: JointSide) -> str:
    """Word a rating of pain at a joint: "douleur à la mobilisation du genou droit (0-10)"."""
    table = _words()[language]
    return _tidy(table["pain"].format(**_placed(table, place)))


@cache
def worded_place(language: str, place: JointSide) -> str:
    """Word a joint and side: "left hip", "hanche gauche"."""
    table = _words()[language]
    words = _placed(table, place)
    return f"{words['side']} {words['joint']}" if language == "en" else f"{words['joint']} {words['side']}"


def _placed(table: Mapping[str, Any], place: JointSide) -> dict[str, str]:
    joint, side = place.joint.value, place.side.value
    return {
        "joint": table["joint"][joint],
        "of_joint": table.get("of_joint", table["joint"])[joint],
        "side": table[side][joint],
        "short_side": table["short_side"][side],
        "side_of_body": table.get("side_of_body", table["short_side"])[side],
    }


def _tidy(text: str) -> str:
    """Close the gaps that a missing mode leaves."""
    together = " ".join(text.replace("()", "").split())
    return together.strip(" ,-:").replace(" ,", ",").replace("- ROM", "ROM")
