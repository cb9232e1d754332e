"""Works on a logbook until it is killed: each step keeps a page, or closes a pass, of one round's number."""

import sys
from zoneinfo import ZoneInfo

from horehab.store import open_logbook
from tests.store.making import NOW, item, page, person, reading, reminder, review, suspicion

ITEMS = 40


def work(url: str) -> None:
    logbook = open_logbook(url, zone=ZoneInfo("Europe/Madrid"))
    sys.stdout.write("open\n")
    sys.stdout.flush()  # the test waits for it
    number = 1 + int(logbook.marks().get("Observation", 0))
    while True:
        patients = [f"Patient/{n}" for n in range(ITEMS)]
        readings = [
            item(f"Observation/{n}", number, p, facts=(reading(f"Observation/{n}", degrees=float(number)),))
            for n, p in enumerate(patients)
        ]
        logbook.keep(page(*(person(p) for p in patients), *readings), now=NOW)
        reviews = [
            review(p, entries=(suspicion(p, f"hr-{p}", strength=number),), reminders=(reminder(p, str(number)),))
            for p in patients
        ]
        logbook.finish_pass(marks={"Observation": str(number)}, reviews=reviews, now=NOW, problems=())
        number += 1


if __name__ == "__main__":
    work(sys.argv[1])
