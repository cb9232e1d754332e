"""The tree that the README draws is the tree that stands, and what it quotes is what horehab says."""

import re
from pathlib import Path

from horehab.demo.published import patients
from horehab.domain.sentence import sentence
from horehab.domain.suspicion import Tier
from tests.stories.telling import verdicts_by_day

ROOT = Path(__file__).parents[2]


def drawn(readme: str) -> set[str]:
    """Every path named at the left of the README's tree."""
    block = re.search(r"<!-- tree -->\n```\n(.*?)```", readme, re.DOTALL)
    assert block, "the README draws no tree"
    return {line.split()[0] for line in block.group(1).splitlines() if line.strip()}


def standing() -> set[str]:
    """Every folder of the house: top level, and one level inside horehab."""
    ignored = {"build", "dist", "var", "node_modules"}
    top = {f"{p.name}/" for p in ROOT.iterdir() if p.is_dir() and p.name[0] != "." and p.name not in ignored}
    rooms = {f"horehab/{p.name}/" for p in (ROOT / "horehab").iterdir() if p.is_dir() and p.name[0] not in "_."}
    return {name for name in top | rooms if not name.endswith(".egg-info/")}


def test_the_readme_draws_the_house_as_it_stands() -> None:
    assert drawn((ROOT / "README.md").read_text(encoding="utf-8")) == standing()


def test_the_readme_quotes_what_horehab_says() -> None:
    told = verdicts_by_day(patients()[1]).values()
    first = next(verdict for verdicts in told for verdict in verdicts if verdict.tier is Tier.SUSPECT)
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    quoted = " ".join(line.removeprefix("> ") for line in readme.splitlines() if line.startswith("> "))
    assert quoted == sentence(first)
