"""The pages and the commands as a plug-in of somebody else's Flask app: `HoRehab(app)`."""

from collections.abc import Callable

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from horehab.app import Installation, hook_secret, mount, public_keys
from horehab.clock import new_id
from horehab.settings import read_settings
from horehab.web.options import Role, Viewer, WebOptions, everyone, nobody

__all__ = ["HoRehab", "Role", "Viewer"]


class HoRehab:
    """Our pages inside somebody else's Flask app; touches nothing but our own routes, and starts no thread.

    `current_user` says who asks, as a `Viewer`, or None when nobody is signed in; without it nobody sees
    anything. `may_see(viewer, patient)` narrows whom they see. `viewer_named(name)` says who somebody is today,
    None once they may not sign in any more: without it there are no calendar feeds, which are read without a
    sign-in. `base_template` is the host's frame, with the blocks `title`, `head` and `content`. Settings are
    HOREHAB_* of `app.config`.
    """

    def __init__(  # noqa: PLR0913  # what a host may say is named one by one in one call
        self,
        app: Flask | None = None,
        *,
        url_prefix: str = "/horehab",
        current_user: Callable[[], Viewer | None] | None = None,
        base_template: str | None = None,
        may_see: Callable[[Viewer, str], bool] | None = None,
        viewer_named: Callable[[str], Viewer | None] | None = None,
    ) -> None:
        self._url_prefix = url_prefix
        self._current_user = current_user or nobody
        self._base_template = base_template
        self._may_see = may_see or everyone
        self._viewer_named = viewer_named
        if app is not None:
            self.init_app(app)

    def init_app(self, app: Flask) -> None:
        """Mount the pages and the `horehab` commands on an app; ConfigurationError for a setting that is wrong."""
        settings = read_settings(app.config)
        own_frame = WebOptions(new_id=new_id).base_template
        options = WebOptions(
            new_id=new_id,
            current_user=self._current_user,
            viewer_named=self._viewer_named,
            may_see=self._may_see,
            url_prefix=self._url_prefix,
            base_template=self._base_template or own_frame,
            ehr_address=settings.fhir_url.rstrip("/"),
            is_demo=settings.demo,
            public_keys=public_keys(settings),
            hook_secret=hook_secret(settings),
        )
        mount(app, Installation(settings), options)
        app.cli.add_command(_commands)

    def forget_drafts(self, name: str) -> int:
        """Drop what somebody has typed and not saved: to be called where the host signs them out; gives their number.

        `name` is the `Viewer.name` of whoever leaves.
        """
        installation: Installation = current_app.extensions["horehab"]
        return installation.ports().logbook.bedside.drop_drafts(name=name)


@click.command(
    "horehab",
    short_help="Sync, review, serve and more.",
    add_help_option=False,
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
)
@click.argument("words", nargs=-1, type=click.UNPROCESSED)
@with_appcontext
def _commands(words: tuple[str, ...]) -> None:
    """Run a horehab command with this app's settings."""
    from horehab.cli import main  # noqa: PLC0415  # a process that serves pages needs no sandbox and no demo

    main.main(args=list(words), prog_name="flask horehab")
