"""A signed notice to another program of the hospital: what is due, in words that name nobody."""

import hmac
import json
from dataclasses import dataclass, field
from hashlib import sha256

from horehab.domain.reminder import ReminderState
from horehab.usecases.letters import Letter
from horehab.usecases.ports import Clock, Receipt
from scheduler.postboxes.wire import Lost, Wire, refusal, without_answer


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookPostbox:
    """A notice as JSON, signed with a key that both know; who takes it must drop a repeat by its Idempotency-Key."""

    wire: Wire
    key: str = field(repr=False)
    clock: Clock
    deduplicates: bool = True

    def carry(self, letter: Letter) -> Receipt:
        """Post one notice; X-Horehab-Signature is "t=<seconds>,v1=<HMAC-SHA256 of t.body in hex>"."""
        notice = {
            "message": letter.message,
            "rule": letter.reminder.rule.value,
            "due": letter.reminder.due_day.isoformat(),
            "language": letter.language,
            "text": letter.text,
        }
        body = json.dumps(notice, sort_keys=True).encode()
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": letter.message,
            "X-Horehab-Signature": self.signature(body),
        }
        answer = self.wire.ask(body=body, headers=headers)
        if isinstance(answer, Lost):
            return without_answer(answer, deduplicates=self.deduplicates)
        taken = Receipt(state=ReminderState.SENT, detail="taken by the webhook")
        return refusal(answer.status, deduplicates=self.deduplicates) or taken

    def signature(self, body: bytes) -> str:
        """Sign a body at the time now, so that a copy of it is of no use later."""
        seconds = int(self.clock.now().timestamp())
        made = hmac.new(self.key.encode(), f"{seconds}.".encode() + body, sha256).hexdigest()
        return f"t={seconds},v1={made}"
