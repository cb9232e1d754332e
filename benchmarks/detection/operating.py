"""The engine at other settings than its own: what it costs to ask for more, or for less, before a suspicion."""

from dataclasses import replace

from horehab.domain.thresholds import Rules

SETTINGS = (-1.0, -0.5, 0.5, 1.0)
"""Points added to the score from which a joint is suspected (suspect_at of score.json); at 0 nothing is moved."""


def name_of(setting: float) -> str:
    """Name a setting in a table."""
    return f"suspect_at {setting:+g}"


def rules_at(rules: Rules, setting: float) -> Rules:
    """Ask for so many points more before a joint is suspected or watched; nothing else is changed."""
    score = rules.engine.score
    moved = replace(
        score,
        suspect_at=score.suspect_at + setting,
        corroborated_at=score.corroborated_at + setting,
        watch_at=score.watch_at + setting,
    )
    return replace(rules, engine=replace(rules.engine, score=moved))


def ungated(rules: Rules) -> Rules:
    """Let what is known of the whole patient count however quiet the joint itself is, and without a limit."""
    quiet = replace(rules.engine.score, quiet_loss=-1.0, quiet_pain=-1.0)
    score = replace(quiet, support_cap=float("inf"))
    return replace(rules, engine=replace(rules.engine, score=score))
