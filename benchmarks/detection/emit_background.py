"""How a simulated ward codes what else is known of a patient: ICD-10, with the joint in it where ICD names one."""

from horehab.domain.exposure import BackgroundKind
from horehab.domain.joints import Joint, JointSide, Side

ICD = "http://hl7.org/fhir/sid/icd-10"

_CODES = {
    BackgroundKind.COVID19: "U07.1",
    BackgroundKind.POLYNEUROPATHY: "G62.81",
    BackgroundKind.PLEXUS_LESION: "G54.0",
    BackgroundKind.CENTRAL_LESION: "S06.9",
    BackgroundKind.MYOPATHY: "G72.81",
    BackgroundKind.SCIATIC_LESION: "G57.0",
    BackgroundKind.DEEP_VEIN_THROMBOSIS: "I82.4",
    BackgroundKind.INFECTION: "M00.9",
    BackgroundKind.BURN: "T30.0",
    BackgroundKind.PREGNANCY: "Z33",
    BackgroundKind.LIVER_DISEASE: "K74.6",
    BackgroundKind.ALCOHOL: "F10.2",
    BackgroundKind.ARTHRODESIS: "Z98.1",
    BackgroundKind.AMPUTATION: "Z89.9",
    BackgroundKind.SURGERY: "O82",
    BackgroundKind.OTHER: "J80",
    BackgroundKind.CONTRACTURE: "M24.50",
    BackgroundKind.JOINT_PAIN: "M25.50",
    BackgroundKind.JOINT_REPLACEMENT: "Z96.60",
    BackgroundKind.FRACTURE: "S72.9",
}
_FRACTURES = {Joint.SHOULDER: "S42.2", Joint.ELBOW: "S42.4", Joint.HIP: "S72.0", Joint.KNEE: "S82.1"}
_SITED = {
    BackgroundKind.CONTRACTURE: ("M24.5", {Joint.SHOULDER: 1, Joint.ELBOW: 2, Joint.HIP: 5, Joint.KNEE: 6}),
    BackgroundKind.JOINT_PAIN: ("M25.5", {Joint.SHOULDER: 1, Joint.ELBOW: 2, Joint.HIP: 5, Joint.KNEE: 6}),
    BackgroundKind.JOINT_REPLACEMENT: ("Z96.6", {Joint.SHOULDER: 1, Joint.ELBOW: 2, Joint.HIP: 4, Joint.KNEE: 5}),
}
_SIDES = {Side.RIGHT: 1, Side.LEFT: 2}


def background_code(kind: BackgroundKind, place: JointSide | None) -> tuple[str, str]:
    """Give the code system and code of a condition, the joint and side in the code where ICD-10-CM has them."""
    if place is None:
        return ICD, _CODES[kind]
    if kind is BackgroundKind.FRACTURE:
        return ICD, _FRACTURES.get(place.joint, _CODES[kind])
    stem, sites = _SITED.get(kind, ("", {}))
    if place.joint in sites:
        return ICD, f"{stem}{sites[place.joint]}{_SIDES[place.side]}"
    return ICD, _CODES[kind]
