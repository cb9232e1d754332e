"""What draws charts is started soon after the pages opened, so that nobody's first chart waits for it."""

from horehab.cli.serving import charts_soon_ready
from horehab.web import chart_live


def test_the_script_of_the_chart_is_put_together_before_anybody_asks_for_it() -> None:
    with charts_soon_ready(0) as soon:
        soon.join()
    assert chart_live._bundle.cache_info().currsize == 1
    asked = chart_live._bundle.cache_info().misses
    chart_live._script()
    assert chart_live._bundle.cache_info().misses == asked


def test_pages_that_end_before_that_are_not_kept_waiting() -> None:
    with charts_soon_ready(3600) as soon:
        assert soon.is_alive()
    assert not soon.is_alive()
