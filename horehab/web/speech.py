"""A verdict in the reader's language: the same codes and figures of which the record's English sentence is made."""

from dataclasses import dataclass
from datetime import date

from horehab.domain.joints import JointSide
from horehab.domain.sentence import told
from horehab.domain.suspicion import Figure, Reason, Verdict
from horehab.web import language
from horehab.web.words import capital, figure_word, place_word, reason_said, typeset


def told_in_lines(verdict: Verdict) -> tuple[str, ...]:
    """Tell a verdict line by line: what and where, on what grounds, what else it could be, what to consider."""
    return tuple(capital(typeset(line)) for line in told(verdict, ReadersSpeech()))


@dataclass(frozen=True, slots=True)
class ReadersSpeech:
    """How a verdict is said to whoever reads the page."""

    def phrase(self, template: str, **values: object) -> str:
        """Say a phrase by its English template, with its values filled in."""
        return language.gettext(template).format_map(values)

    def count(self, one: str, many: str, number: int, **values: object) -> str:
        """Say how many there are, in the plural forms of the reader's language."""
        return language.ngettext(one, many, number).format(number=number, **values)

    def value(self, value: Figure) -> str:
        """Write a number by locale, or say a word."""
        return figure_word(value)

    def place(self, place: JointSide) -> str:
        """Name a joint of one side, in small letters."""
        return place_word(place).lower()

    def day(self, day: date) -> str:
        """Write a day by locale."""
        return language.day(day)

    def reason(self, reason: Reason) -> str:
        """Say a reason with its figures."""
        return reason_said(reason)
