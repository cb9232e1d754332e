"""The engine at other settings than its own: what it costs to ask for more, or for less, before a suspicion."""

from dataclasses import replace

from horehab.domain.thresholds import Rules

SETTINGS = (0.7, 0.85, 1.2, 1.5)
"""Times the losses of motion that rules.toml asks for; 1 is the setting as it comes."""


def name_of(setting: float) -> str:
    """Name a setting in a table."""
    return f"losses asked for x{setting:g}"


def rules_at(rules: Rules, setting: float) -> Rules:
    """Ask for so many times the loss of motion before a joint is suspected; nothing else is changed."""
    loss = rules.loss
    asked = replace(
        loss,
        suspect_multiplier=setting * loss.suspect_multiplier,
        suspect_floor=setting * loss.suspect_floor,
        clear_floor=setting * loss.clear_floor,
        large_degrees=setting * loss.large_degrees,
    )
    return replace(rules, loss=asked)
