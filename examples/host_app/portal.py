"""A hospital portal of its own, with its own pages, sign-in and frame, that mounts horehab under /rehabilitation.

Run it with `flask --app examples.host_app.portal run`; sign in as ruiz, sanz or vidal with the word "letmein".
"""

from pathlib import Path

from flask import Flask, current_app, redirect, render_template, request, session, url_for
from flask_wtf.csrf import CSRFProtect
from werkzeug.wrappers import Response

from horehab import HoRehab
from horehab.web.options import Role, Viewer

STAFF = {
    "ruiz": Viewer(name="ruiz", display="Ana Ruiz", role=Role.PHYSIOTHERAPIST, practitioner="Practitioner/ruiz"),
    "sanz": Viewer(name="sanz", display="Eva Sanz", role=Role.PHYSICIAN, practitioner="Practitioner/sanz"),
    "vidal": Viewer(name="vidal", display="Joan Vidal", role=Role.COORDINATOR),
}
"""Who works here: synthetic people. A real portal asks its directory, and shows no word to sign in with."""

_WORD = "letmein"


def create_app(*, has_rehabilitation: bool = True, **config: str) -> Flask:
    """Make the portal; `config` holds its own settings and those of horehab (HOREHAB_*)."""
    app = Flask(__name__, template_folder=str(Path(__file__).parent / "templates"), static_folder=None)
    app.config.update({"SECRET_KEY": "only for the example", "HOREHAB_DATABASE_URL": "sqlite:///portal.sqlite3"})
    app.config.update(config)
    CSRFProtect(app)
    app.add_url_rule("/", "home", lambda: render_template("home.html"))
    app.add_url_rule("/menu", "menu", lambda: render_template("menu.html"))
    app.add_url_rule("/sign-in", "sign_in", sign_in, methods=["GET", "POST"])
    app.add_url_rule("/sign-out", "sign_out", sign_out, methods=["POST"])
    if has_rehabilitation:
        app.extensions["portal-rehabilitation"] = HoRehab(
            app,
            url_prefix="/rehabilitation",
            current_user=who_is_here,
            base_template="portal.html",
            may_see=is_on_their_ward,
            viewer_named=STAFF.get,
        )
    return app


def sign_in() -> Response | str | tuple[str, int]:
    """Ask who it is, as this portal does."""
    if request.method == "GET":
        return render_template("sign_in.html", error="")
    name = request.form.get("name", "")
    if name not in STAFF or request.form.get("word") != _WORD:
        return render_template("sign_in.html", error="Name or word is not right."), 401
    session.clear()  # with it goes the token of the forms that somebody before left open
    session["name"] = name
    return redirect(url_for("home"), code=303)


def sign_out() -> Response:
    """Let somebody out; what they had typed in horehab and not saved goes with them."""
    name = session.get("name", "")
    session.clear()
    rehabilitation: HoRehab | None = current_app.extensions.get("portal-rehabilitation")
    if rehabilitation is not None and name:
        rehabilitation.forget_drafts(name)
    return redirect(url_for("home"), code=303)


def who_is_here() -> Viewer | None:
    """Tell horehab who asks: the one question that a host must answer."""
    return STAFF.get(session.get("name", ""))


def is_on_their_ward(viewer: Viewer, patient: str) -> bool:
    """Tell horehab whom somebody may see; here the coordinator does not see one patient of staff."""
    return viewer.role is not Role.COORDINATOR or patient != "Patient/ben"
