"""SMS through a Kannel gateway: sendsms over HTTP, with delivery reports (Kannel user's guide 1.4.5, chapter 10)."""

from collections.abc import Callable
from dataclasses import dataclass, field

from horehab.domain.reminder import ReminderState
from horehab.usecases.letters import Letter
from horehab.usecases.ports import Receipt
from scheduler.postboxes.wire import Lost, Wire, refusal, without_answer
from scheduler.texts import length_in_gsm

_ACCEPTED = ("0: Accepted for delivery", "3: Queued for later delivery")
_FOR_GOOD = "Not routable"
_REPORTS = 1 + 2 + 16
"""dlr-mask: delivered to the phone, not delivered to it, refused by the operator."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KannelPostbox:
    """SMS through Kannel. It takes a repeat for another message; `report_to` is where it reports each delivery."""

    wire: Wire
    user: str
    password: str = field(repr=False)
    sender: str = ""
    report_to: Callable[[str], str | None] = field(default=lambda _: None)
    deduplicates: bool = False

    def carry(self, letter: Letter) -> Receipt:
        """Hand one SMS to Kannel; a success without its own words of acceptance is not believed."""
        answer = self.wire.ask(params=self._fields(letter))
        if isinstance(answer, Lost):
            return without_answer(answer, deduplicates=self.deduplicates)
        if answer.text.strip().startswith(_FOR_GOOD):  # it says so with the status of a wrong password
            return Receipt(state=ReminderState.FAILED, detail="the SMS gateway knows no way to this number")
        refused = refusal(answer.status, deduplicates=self.deduplicates)
        if refused is not None:
            return refused
        if answer.text.strip().startswith(_ACCEPTED):
            return Receipt(state=ReminderState.SENT, detail="taken by the SMS gateway")
        return Receipt(
            state=ReminderState.FAILED, detail="the gateway answered as if it took it, and says it did not"
        )

    def _fields(self, letter: Letter) -> dict[str, str]:
        fields = {"username": self.user, "password": self.password, "to": letter.address, "text": letter.text}
        fields |= {"charset": "UTF-8", "coding": "2" if length_in_gsm(letter.text) is None else "0"}
        if self.sender:
            fields["from"] = self.sender
        report_to = self.report_to(letter.message)
        if report_to:
            # Kannel puts the kind of report in place of %d.
            fields |= {"dlr-mask": str(_REPORTS), "dlr-url": f"{report_to}?status=%d"}
        return fields
