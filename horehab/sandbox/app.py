"""The sandbox's HTTP face: FHIR R4 REST at /fhir, each answer an OperationOutcome, a resource or a Bundle."""

from typing import Any
from urllib.parse import parse_qsl

from flask import Blueprint, Flask, Response, request
from msgspec import Raw
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.http import http_date as header_date

from horehab._version import __version__
from horehab.sandbox import bundles, interactions
from horehab.sandbox.capability import capability
from horehab.sandbox.desk import open_desk
from horehab.sandbox.exporting import FILES, STATUS, Exports
from horehab.sandbox.instants import http_date, written
from horehab.sandbox.refusals import Refusal, outcome
from horehab.sandbox.search import understand
from horehab.sandbox.shelf import Version
from horehab.sandbox.store import SandboxStore
from horehab.sandbox.transaction import carry_out
from horehab.sandbox.wording import read_json, read_resource, write_json
from horehab.usecases.ports import Clock

BASE_PATH = "/fhir"
MAX_BODY = 50_000_000
_JSON = ("application/fhir+json", "application/json", "")
_PATCH = ("application/json-patch+json",)


def _base() -> str:
    return request.host_url.rstrip("/") + BASE_PATH


def _answer(body: Any, status: int = 200) -> Response:
    text = bytes(body) if isinstance(body, Raw) else write_json(body)
    return Response(text, status, content_type="application/fhir+json;charset=utf-8")


def _about(version: Version, status: int) -> Response:
    assert version.body is not None
    if status in (200, 201) and "return=minimal" in request.headers.get("Prefer", ""):
        answer = Response(b"", status)
    else:
        answer = _answer(Raw(version.body), status)
    answer.headers["ETag"] = f'W/"{version.number}"'
    answer.headers["Last-Modified"] = header_date(http_date(version.updated))
    answer.headers["Content-Location"] = f"{_base()}/{version.reference}/_history/{version.number}"
    return answer


def _written(answer: interactions.Answer) -> Response:
    response = _about(answer.version, answer.status)
    if request.method == "POST":
        response.headers["Location"] = response.headers["Content-Location"]
    return response


def _body(understood: tuple[str, ...] = _JSON) -> bytes:
    if request.mimetype not in understood:
        raise Refusal(415, f"Content-Type {request.mimetype!r} is not understood here: send {understood[0]}.")
    return request.get_data()


def _asked() -> list[tuple[str, str]]:
    asked = parse_qsl(request.query_string.decode(), keep_blank_values=True)
    if request.mimetype == "application/x-www-form-urlencoded":
        asked += parse_qsl(request.get_data(as_text=True), keep_blank_values=True)
    return asked


def _listing(store: SandboxStore, pages: bundles.Pages) -> Blueprint:
    """Make the routes that find resources and list their versions, page by page."""
    routes = Blueprint("listing", __name__, url_prefix=BASE_PATH)

    @routes.get("/<kind>")
    @routes.post("/<kind>/_search")
    def search(kind: str) -> Response:
        is_strict = "handling=lenient" not in request.headers.get("Prefer", "")
        query = understand(interactions.known_type(kind), _asked(), is_strict=is_strict)
        return _answer(bundles.search(store, pages, kind, query, base=_base()))

    @routes.get("")
    def page() -> Response:
        if bundles.PAGES not in request.args:
            raise Refusal(400, "Searching all types at once is not offered: ask for one, such as Patient.")
        return _answer(bundles.next_page(store, pages, request.args, base=_base()))

    @routes.get("/<kind>/_history")
    @routes.get("/<kind>/<identity>/_history")
    def history(kind: str, identity: str | None = None) -> Response:
        return _answer(bundles.history(store, pages, (kind, identity), request.args, base=_base()))

    return routes


def _reading(store: SandboxStore) -> Blueprint:
    """Make the routes that read one resource, or tell what the server can do."""
    routes = Blueprint("reading", __name__, url_prefix=BASE_PATH)

    @routes.get("/<kind>/<identity>")
    def read(kind: str, identity: str) -> Response:
        version = interactions.living(store, kind, identity)
        seen = request.headers.get("If-None-Match", "")
        if seen and interactions.tagged_version(seen) == version.number:
            return Response(status=304, headers={"ETag": f'W/"{version.number}"'})
        return _about(version, 200)

    @routes.get("/<kind>/<identity>/_history/<number>")
    def vread(kind: str, identity: str, number: str) -> Response:
        return _about(interactions.one_version(store, kind, identity, number), 200)

    @routes.get("/metadata")
    def metadata() -> Response:
        return _answer(capability(_base(), at=written(store.shelf.last_updated()), version=__version__))

    return routes


def _exporting(exports: Exports) -> Blueprint:
    """Make the routes of bulk $export: ordered, asked after, given out file by file, given back."""
    routes = Blueprint("exporting", __name__, url_prefix=BASE_PATH)

    @routes.get("/$export")
    @routes.get("/Patient/$export")
    def order() -> Response:
        if "respond-async" not in request.headers.get("Prefer", ""):
            raise Refusal(400, "An export is made in the background only: send Prefer: respond-async.")
        of_patients = "/Patient/" in request.path
        name = exports.order(request.args, request=request.url, of_patients=of_patients)
        return Response(status=202, headers={"Content-Location": f"{_base()}/{STATUS}/{name}"})

    @routes.get(f"/{STATUS}/<name>")
    def status(name: str) -> Response:
        answer = _answer(exports.manifest(name, base=_base()))
        answer.content_type = "application/json"
        return answer

    @routes.get(f"/{FILES}/<name>/<number>")
    def file(name: str, number: str) -> Response:
        return Response(exports.lines(name, number), content_type="application/fhir+ndjson")

    @routes.delete(f"/{STATUS}/<name>")
    def give_back(name: str) -> Response:
        exports.forget(name)
        return Response(status=202)

    return routes


def _writing(store: SandboxStore) -> Blueprint:
    """Make the routes that change one resource."""
    routes = Blueprint("writing", __name__, url_prefix=BASE_PATH)

    @routes.post("/<kind>")
    def create(kind: str) -> Response:
        unless = parse_qsl(request.headers.get("If-None-Exist", "").rpartition("?")[2])
        with open_desk(store) as desk:
            return _written(interactions.create(desk, kind, read_resource(_body()), unless=unless))

    @routes.put("/<kind>/<identity>")
    def update(kind: str, identity: str) -> Response:
        asked = request.headers
        with open_desk(store) as desk:
            answer = interactions.update(
                desk,
                read_resource(_body()),
                at=(kind, identity),
                if_match=asked.get("If-Match", ""),
                if_none_match=asked.get("If-None-Match", ""),
            )
            return _written(answer)

    @routes.put("/<kind>")
    def update_where(kind: str) -> Response:
        with open_desk(store) as desk:
            return _written(interactions.update_where(desk, kind, read_resource(_body()), asked=_asked()))

    @routes.patch("/<kind>/<identity>")
    def patch(kind: str, identity: str) -> Response:
        operations = read_json(_body(_PATCH))
        with open_desk(store) as desk:
            if_match = request.headers.get("If-Match", "")
            return _written(interactions.patch(desk, operations, at=(kind, identity), if_match=if_match))

    @routes.delete("/<kind>/<identity>")
    def delete(kind: str, identity: str) -> Response:
        with open_desk(store) as desk:
            gone = interactions.delete(desk, kind, identity, if_match=request.headers.get("If-Match", ""))
        said = f"Deleted {gone.reference}." if gone else f"{kind}/{identity} was not there: nothing was deleted."
        return _answer(outcome(200, said))

    return routes


def _carrying_out(store: SandboxStore, pages: bundles.Pages) -> Blueprint:
    """Make the routes of Bundles, and of what cannot be written."""
    routes = Blueprint("carrying_out", __name__, url_prefix=BASE_PATH)

    @routes.route("/metadata", methods=["POST", "PUT", "PATCH", "DELETE"])
    def metadata_is_read_only() -> Response:
        raise Refusal(405, "The CapabilityStatement can only be read: GET /metadata.")

    @routes.post("")
    def bundle() -> Response:
        base = _base()

        def fetch(path: str, query: list[tuple[str, str]]) -> object:
            kind, _, identity = path.partition("/")
            if identity:
                return Raw(interactions.living(store, kind, identity).body or b"null")
            understood = understand(interactions.known_type(kind), query, is_strict=True)
            return bundles.search(store, pages, kind, understood, base=base)

        return _answer(carry_out(store, read_resource(_body()), fetch=fetch))

    return routes


def _refused(refusal: Refusal) -> Response:
    return _answer(outcome(refusal.status, refusal.diagnostics), refusal.status)


def _failed(error: HTTPException) -> Response:
    status = error.code or 500
    answer = _answer(outcome(status, f"{request.method} {request.path}: {error.description}"), status)
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        answer.headers["Allow"] = ", ".join(error.valid_methods)
    return answer


def create_sandbox(store: SandboxStore, *, clock: Clock | None = None) -> Flask:
    """Make the FHIR server over a store, at /fhir; writes are dated by the clock, when it is given."""
    if clock is not None:
        store.clock = clock
    app = Flask("horehab.sandbox", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY
    app.url_map.strict_slashes = False
    pages = bundles.Pages()
    exporting = _exporting(Exports(store))
    for routes in (_listing(store, pages), _reading(store), exporting, _carrying_out(store, pages), _writing(store)):
        app.register_blueprint(routes)
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(HTTPException, _failed)
    return app
