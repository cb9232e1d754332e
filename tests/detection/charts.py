"""Charts drawn by chance, with everything that charts do: for what must hold whatever the record."""

from hypothesis import strategies as st

from horehab.domain.exposure import BackgroundKind, ExposureKind
from horehab.domain.joints import MOTIONS, WATCHED_PLACES
from horehab.domain.laboratory import Analyte
from horehab.domain.range_of_motion import Bound, Mode
from horehab.domain.record import Fact
from horehab.domain.signs import SignKind
from tests.detection.joints_at_hand import background, exposure, lab, pain, reading, sign

PLACES = st.sampled_from(WATCHED_PLACES[:4])
DAYS = st.integers(min_value=20, max_value=120)


@st.composite
def readings(draw: st.DrawFn) -> Fact:
    """Draw one reading of any mode and hand, now and then a bound or one whose zone was assumed."""
    place = draw(PLACES)
    return reading(
        draw(DAYS),
        draw(st.integers(min_value=-20, max_value=150)),
        place=place,
        motion=draw(st.sampled_from(MOTIONS[place.joint][:3])),
        mode=draw(st.sampled_from([Mode.PASSIVE, Mode.PASSIVE, Mode.ACTIVE, Mode.UNKNOWN])),
        rater=draw(st.sampled_from([None, "Practitioner/1", "Practitioner/2"])),
        bound=draw(st.sampled_from([None, None, None, Bound.LESS_THAN])),
        assumed=draw(st.booleans()),
    )


@st.composite
def falls(draw: st.DrawFn) -> list[Fact]:
    """Draw a joint that is measured weekly, held, and then falls with or without pain: what chance never makes."""
    place, first, step = draw(PLACES), draw(st.integers(20, 60)), draw(st.sampled_from([3, 7, 10]))
    held, loss = draw(st.integers(3, 6)), draw(st.integers(0, 12))
    motions = draw(st.lists(st.sampled_from(MOTIONS[place.joint][:3]), min_size=1, max_size=3, unique=True))
    noise = st.integers(-3, 3)
    hurts = draw(st.none() | st.integers(0, 9))
    facts: list[Fact] = []
    for visit in range(held + draw(st.integers(1, 5))):
        number = first + step * visit
        lost = loss * max(0, visit - held + 1)
        facts += [reading(number, 100 - lost + draw(noise), place=place, motion=motion) for motion in motions]
        if hurts is not None and draw(st.booleans()):
            facts.append(pain(number, hurts if visit >= held else min(hurts, 2), place=place))
    return facts


_ONE = st.one_of(
    readings(),
    readings(),
    readings(),
    st.builds(pain, DAYS, st.integers(min_value=0, max_value=10), place=st.one_of(st.none(), PLACES)),
    st.builds(sign, DAYS, st.sampled_from(SignKind), place=st.one_of(st.none(), PLACES), present=st.booleans()),
    st.builds(lab, DAYS, st.sampled_from([100, 200, 800]), analyte=st.sampled_from(Analyte)),
    st.builds(exposure, st.sampled_from(ExposureKind), start=st.integers(0, 20), end=st.none() | st.just(27)),
    st.builds(background, st.sampled_from([BackgroundKind.POLYNEUROPATHY, BackgroundKind.PREGNANCY])),
)


@st.composite
def _charts(draw: st.DrawFn) -> list[Fact]:
    loose = draw(st.lists(_ONE, max_size=20))
    fallen = draw(st.lists(falls(), max_size=2))
    return [*loose, *(fact for joint in fallen for fact in joint)]


FACTS = _charts()
