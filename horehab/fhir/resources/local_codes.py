"""The site's own codes, from people and from its file: what they mean, in words and as codings."""

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType

from fhir_profiles import uses
from horehab.domain.joints import Joint, Motion, Side
from horehab.domain.local_code import CodeMeaning, LocalCode, joint_with
from horehab.domain.signs import SignKind
from horehab.fhir.basis.site import UNMATCHED, Coding, Site, read_concept_map
from horehab.fhir.basis.terminology import ROM_MODE, SIGN, Meaning, joint_motion, meaning, meanings
from horehab.fhir.resources.laboratory import analyte_with, coding_of
from horehab.fhir.resources.pain import NUMERIC
from horehab.usecases.local_codes import CodeMapping, Understanding

CodeMap = Mapping[Coding, tuple[Coding, ...]]
_NO_FILE = (0, 0)


class LocalCodes:
    """What local codes mean now: people's mappings before those of the file; read anew when either changed.

    `file` is HOREHAB_CONCEPT_MAP ("" for none), `mapped` gives what people mapped.
    """

    def __init__(self, *, file: str = "", mapped: Callable[[], Iterable[CodeMapping]] = tuple) -> None:
        self.file = file
        self.mapped = mapped
        self._stamp: tuple[int, int] | None = None
        self._of_file: CodeMap = {}
        self._seen: tuple[CodeMapping, ...] | None = None
        self._in_force: CodeMap = {}

    def in_force(self) -> CodeMap:
        """Give the map that counts now, the same object as long as nothing changed; ConfigurationError."""
        of_file, seen = self.of_file(), tuple(self.mapped())
        if seen != self._seen:
            own = {(each.local.system, each.local.code): codings_of(each.meaning) for each in seen}
            self._in_force = MappingProxyType({**of_file, **own})
            self._seen = seen
        return self._in_force

    def of_file(self) -> CodeMap:
        """Give what the file says, read again when it was changed; ConfigurationError for one that is no map."""
        stamp = _stamp_of(self.file)
        if stamp != self._stamp:
            self._of_file = read_concept_map(self.file)
            self._stamp, self._seen = stamp, None
        return self._of_file

    def words_of_file(self) -> Mapping[LocalCode, str]:
        """Say in words what the file says of each code."""
        return {LocalCode(system=s, code=c): spoken(targets) for (s, c), targets in self.of_file().items()}


def understanding_of(site: Site) -> Understanding:
    """Name how a site's chart is understood: our version, settings that change a reading, and the codes mapped."""
    limits = sorted((joint.value, motion.value, *ends) for (joint, motion), ends in site.limits.items())
    settings = repr((site.extension_sign, site.zone.key, site.known_by_last_updated, limits))
    codes = {
        LocalCode(system=system, code=code): " ".join("|".join(target) for target in targets)
        for (system, code), targets in site.concept_map.items()
    }
    return Understanding(reader=f"{site.version} {sha256(settings.encode()).hexdigest()[:12]}", codes=codes)


def _stamp_of(file: str) -> tuple[int, int]:
    if not file:
        return _NO_FILE
    try:
        found = Path(file).stat()
    except OSError:
        return _NO_FILE
    return found.st_mtime_ns, found.st_size


def codings_of(says: CodeMeaning) -> tuple[Coding, ...]:
    """Say a meaning in codes that are understood here; each part of it once."""
    if says.is_nothing:
        return (UNMATCHED,)
    found: list[Coding] = [NUMERIC] if says.is_pain else []
    found += [(SIGN, says.sign.value)] if says.sign else []
    found += [coding_of(says.analyte.value)] if says.analyte else []
    joint = says.joint or (joint_with(says.motion) if says.motion else None)
    if joint and says.motion:
        found.append(joint_motion(joint, says.motion))
    else:
        found += [_only(Meaning(joints=frozenset({joint})))] if joint else []
        found += [_only(Meaning(motions=frozenset({says.motion})))] if says.motion else []
    found += [(ROM_MODE, says.mode.value)] if says.mode else []
    found += [_SIDES[says.side]] if says.side else []
    return tuple(found)


_SIDES = MappingProxyType({Side(word): coding for word, coding in uses("side")})


@cache
def _only(says: Meaning) -> Coding:
    """Find the first code that says exactly this: a joint without side, or a motion without joint."""
    return next(coding for coding, said in meanings().items() if said == says)


def meaning_in(found: Iterable[Coding]) -> CodeMeaning | None:
    """Say in words what codings mean together; None for what has no such words: two joints, or no meaning here."""
    codings = tuple(found)
    if UNMATCHED in codings:
        return CodeMeaning(is_nothing=True)
    says = meaning(codings)
    parts = (says.joints, says.motions, says.modes, says.sides)
    signs = [SignKind(code) for system, code in codings if system == SIGN and code in _SIGNS]
    blood = [each for coding in codings if (each := analyte_with(coding)) is not None]
    if any(len(part) > 1 for part in parts) or len(signs) > 1 or len(set(blood)) > 1:
        return None
    joint, motion, mode, side = (next(iter(part), None) for part in parts)
    whole = CodeMeaning(
        joint=joint if isinstance(joint, Joint) else None,
        motion=motion if isinstance(motion, Motion) else None,
        mode=next(iter(says.modes), None) if mode else None,
        side=side if isinstance(side, Side) else None,
        is_pain=NUMERIC in codings,
        sign=next(iter(signs), None),
        analyte=next(iter(blood), None),
    )
    return whole if set(codings_of(whole)) - {UNMATCHED} else None


_SIGNS = frozenset(kind.value for kind in SignKind)


def spoken(found: tuple[Coding, ...]) -> str:
    """Say codings in words where there are words for them, as codes otherwise."""
    says = meaning_in(found)
    return str(says) if says else ", ".join(f"{system}|{code}" for system, code in found) or "no code known here"
