"""Every error that horehab raises on purpose; each says what happened, what was kept, and what to do.

HorehabError
  InputError            a field, its value, the remedy                    exit 2, HTTP 400
    FormRefused         several fields of one form at once                exit 2, HTTP 422
    NotAllowed          this person may not do this                       exit 2, HTTP 403
    UnknownPatient      no such patient, or not yours: the same answer    exit 2, HTTP 404
    NotAMeaning         words that say no meaning of a local code         exit 2, HTTP 400
    UnknownCode         a local code that no stored entry bears           exit 2, HTTP 400
    BadCodeMap          a file that says nothing usable of local codes    exit 2, HTTP 400
    UnknownProfile      a FHIR profile that we do not have                exit 2, HTTP 400
    NotToBeChecked      a file that holds no FHIR resource to be checked  exit 2, HTTP 400
    BadPackage          a package of profiles that cannot be used         exit 2, HTTP 400
  ConfigurationError    a setting, a database or a server that is wrong   exit 3, HTTP 500
    StoreMismatch       the store belongs to another server or is a copy  exit 3
    StoreTooNew         the database was made by a newer version          exit 3
    EhrRefused          the server refuses us (401, 403)                  exit 3, HTTP 502
    NotAFhirServer      the address answers, but not as FHIR              exit 3, HTTP 502
    NoCopyOffered       the server does not copy its whole chart          exit 3
  EhrUnavailable        no answer, or 5xx; try again later                exit 1, HTTP 503
    CopyLost            the server forgot a copy that it made for us      exit 1
    CopyFailed          the server gave up making a copy                  exit 1
  StoreUnavailable      the database does not answer                      exit 1, HTTP 503

Codes (HR-1203) are never used twice. Exit codes: 0 done, 1 undelivered or incomplete, 2 usage, 3 configuration.
"""


class HorehabError(Exception):
    """An error with a stable code, one clear sentence, and the remedy."""

    code = "HR-1000"
    exit_code = 1

    def __init__(self, message: str, *, remedy: str = "", code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        if code is not None:
            self.code = code

    def __str__(self) -> str:
        """Say it in one line: what happened, then what to do."""
        return f"{self.message} {self.remedy}".strip()


class InputError(HorehabError):
    """Something typed or sent is not usable; names the field, the value and the remedy."""

    code = "HR-1200"
    exit_code = 2

    def __init__(self, message: str, *, field: str, value: object = None, remedy: str = "") -> None:
        super().__init__(message, remedy=remedy)
        self.field = field
        self.value = value


class FormRefused(InputError):
    """Some fields of a form cannot be taken; `errors` has one InputError for each, nothing was written."""

    code = "HR-1201"

    def __init__(self, errors: "tuple[InputError, ...]") -> None:
        first = errors[0]
        super().__init__(first.message, field=first.field, value=first.value, remedy=first.remedy)
        self.errors = errors


class NotAllowed(InputError):
    """A person may not do what they asked; says who may."""

    code = "HR-1202"


class UnknownPatient(InputError):
    """No such patient, or not one that the asker may see: both answer alike."""

    code = "HR-1203"

    def __init__(self, reference: str) -> None:
        super().__init__(
            f"No patient {reference!r} is known here.",
            field="patient",
            value=reference,
            remedy='Give the reference as the FHIR server has it ("Patient/123"); `horehab sync` reads new ones.',
        )


class NotAMeaning(InputError):
    """What somebody said that a local code means is nothing that we know; names the words that we do."""

    code = "HR-1220"


class UnknownCode(InputError):
    """A local code that cannot be told: no stored entry bears it, or several code systems have it."""

    code = "HR-1221"


class BadCodeMap(InputError):
    """A file that shall say what local codes mean, and does not."""

    code = "HR-1222"


class UnknownProfile(InputError):
    """A FHIR profile by which something shall be checked, and which we do not have."""

    code = "HR-1601"


class NotToBeChecked(InputError):
    """A file that holds no FHIR resource that could be checked."""

    code = "HR-1602"


class BadPackage(InputError):
    """A package of FHIR profiles that cannot be read, or is of another version of FHIR than R4."""

    code = "HR-1603"


class ConfigurationError(HorehabError):
    """A setting, a database or a server is not as it must be."""

    code = "HR-1300"
    exit_code = 3


class StoreMismatch(ConfigurationError):
    """The store belongs to another FHIR server or is a copy of another installation."""

    code = "HR-1301"


class StoreTooNew(ConfigurationError):
    """The database was made by a newer version of horehab."""

    code = "HR-1302"


class EhrRefused(ConfigurationError):
    """The FHIR server refuses us (401 or 403)."""

    code = "HR-1310"


class NotAFhirServer(ConfigurationError):
    """The address answers, but not as a FHIR server does."""

    code = "HR-1311"


class NoCopyOffered(ConfigurationError):
    """The FHIR server does not make a copy of its whole chart."""

    code = "HR-1340"


class EhrUnavailable(HorehabError):
    """The FHIR server does not answer, or answers 5xx; nothing is lost, the next pass tries again.

    `retry_after` are the seconds that the server asks us to wait, None when it does not say; `is_passing`
    whether asking again within the minute may help.
    """

    code = "HR-1401"

    def __init__(
        self, message: str, *, remedy: str = "", retry_after: float | None = None, is_passing: bool = True
    ) -> None:
        super().__init__(message, remedy=remedy)
        self.retry_after = retry_after
        self.is_passing = is_passing


class CopyLost(EhrUnavailable):
    """The FHIR server forgot a copy that it made for us (404, 410); another can be ordered."""

    code = "HR-1341"


class CopyFailed(EhrUnavailable):
    """The FHIR server gave up making a copy; another can be ordered."""

    code = "HR-1342"


class StoreUnavailable(HorehabError):
    """The database does not answer or is locked; nothing is lost, the next pass tries again."""

    code = "HR-1402"
