"""End what stands in the EHR twice by our doing: two of us were at it at once, or an answer was lost."""

from horehab.usecases.ports import Ports


def end_doubles(ports: Ports) -> int:
    """Enter all but one of each in error, as long as only we wrote them; else a person is asked. Gives how many.

    Only what was delivered of late is looked for, and only in an EHR that does not promise to keep our ids.
    """
    if not ports.may_write:
        return 0
    entries = [row.entry for row in ports.logbook.queue.delivered_lately()]
    count = 0
    for sweep in ports.chart.end_doubles(entries, ports.logbook.own_versions):
        ports.logbook.queue.note_sweep(sweep, now=ports.clock.now())
        count += len(sweep.ended)
    return count
