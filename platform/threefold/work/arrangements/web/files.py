"""An arrangement as a file: a draft or a version to take away, and a file taken in as a draft."""

from __future__ import annotations

from uuid import UUID

from flask import Response, redirect
from flask.typing import ResponseReturnValue

from threefold.domain.errors import ManyErrors, ThreefoldError
from threefold.governance.pack import Body, OtherBody
from threefold.governance.pack_export import to_toml
from threefold.governance.pack_import import NAME, read_pack, refuse_settings
from threefold.governance.pack_text import MOST_BYTES
from threefold.walls.audit import EXPORT
from threefold.work.arrangements import asking, drafting
from threefold.work.arrangements.stories import versions
from threefold.work.arrangements.web.main import SEE_ARRANGEMENT, blueprint
from threefold.work.arrangements.web.shown import PREPARE, SEE_DRAFT, address, body_of
from threefold.work.people.access import NotHere
from threefold.work.people.documents import Kind, clean_name
from threefold.work.people.form_tokens import came_of_it, first_time
from threefold.work.people.web import Filled, Form, Visit, choices, file, fill, note_file, page, render, services, take_file

TOML = Kind("toml", "TOML")
FILE = file("The file", hint="It ends in .toml and holds one arrangement.", accept=".toml")
AS_IT_IS = choices(
    "If you cannot mend the file",
    {"yes": "Take it in all the same; the draft tells each of these, and lets you take it out"},
    required=False,
)


@blueprint.get("/b/<slug>/arrangement/drafts/<uuid:draft_id>/export")
@page(needs=SEE_DRAFT, fresh=True)
def export(visit: Visit, draft_id: UUID) -> ResponseReturnValue:
    with visit.unit("export a draft of the arrangement") as unit:
        found = drafting.see_draft(unit, draft_id)
        unit.audit("draft exported", f"draft:{draft_id}", kind=EXPORT)
    return as_file(to_toml(found.arrangement).encode(), f"{found.arrangement.version}.toml", "application/toml")


@blueprint.get("/b/<slug>/arrangement/versions/<version>/export")
@page(needs=SEE_ARRANGEMENT, fresh=True)
def export_version(visit: Visit, version: str) -> ResponseReturnValue:
    """A version on record as its file."""
    with visit.unit("export a version of the arrangement") as unit:
        found = next((v for v in versions(unit) if v.version == version), None)
        if found is None:
            raise NotHere
        unit.audit("version exported", f"arrangement:{version}", kind=EXPORT)
    return as_file(to_toml(found).encode(), f"{found.version}.toml", "application/toml")


@blueprint.route("/b/<slug>/arrangement/drafts/import", methods=["GET", "POST"])
@page(needs=PREPARE)
def import_(visit: Visit) -> ResponseReturnValue:
    """A file as a draft: what it says is checked as if it had been typed in."""
    form, other, sent = fill(Form.from_dict({"file": FILE, "as_it_is": AS_IT_IS})), "", None
    mendable = False  # whether what is wrong can be mended on screen as well
    if form.valid:
        with form.refusals({"document": "file"}):
            sent = take_file("file", MOST_BYTES)
            if not sent:
                raise ThreefoldError("Select a file. It ends in .toml.", field="file")
    if form.valid and sent:
        with form.refusals(), visit.unit("prepare a change of the arrangement") as unit:
            if begun := first_time(unit, form.token, "import_draft"):  # sent twice
                return redirect(_taken_in(visit, UUID(begun), form), 303)
            try:
                content = read_pack(sent[1], _whose(visit), drafting.free_version(unit, None))
                mendable = True
                if not form["as_it_is"]:
                    refuse_settings(services().governance.catalogue, content)
            except ThreefoldError as error:
                other = _version_known(error)
                raise _with_keys(error) from error
            draft = drafting.start_draft(unit, content, f"{asking.FROM_FILE}{clean_name(sent[0], TOML)}")
            note_file(unit, sent, TOML, f"draft:{draft.id}")
            came_of_it(unit, form.token, str(draft.id))
            return redirect(_taken_in(visit, draft.id, form), 303)
    home = f"/b/{visit.body.slug}/arrangement"
    return render("arrangements/import.html", title="Begin a draft from a file", form=form, back=home, other=other, mendable=mendable,
                  instead=f"{home}/drafts/new?from={other}")  # fmt: skip


def _taken_in(visit: Visit, draft_id: UUID, form: Filled) -> str:
    return f"{address(visit, draft_id)}{'/check' if form['as_it_is'] else '?done=begun'}"


def as_file(content: bytes, name: str, kind: str) -> Response:
    """Something to be saved, and never opened in the browser."""
    return Response(content, mimetype=kind, headers={
        "Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"})  # fmt: skip


def _whose(visit: Visit) -> Body:
    """The body a file is taken in for; of one without a file of its own, only its name and kind are known."""
    own = visit.body
    return body_of(visit) or Body(own.slug, own.name, own.kind, False, (), (), (), ())


def _version_known(error: ThreefoldError) -> str:
    """Of a file of another body: the version of that body to begin from, where it is known here."""
    if not isinstance(error, OtherBody) or error.body not in services().library.bodies:
        return ""
    known = [v.version for v in services().library.bodies[error.body].versions]
    return f"{error.body}/{error.version if error.version in known else known[-1]}" if known else ""


def _with_keys(error: ThreefoldError) -> ThreefoldError:
    """Each mistake with the key of the file it stands at: the page has no box of that name to show it beside."""
    if isinstance(error, ManyErrors):
        return ManyErrors([_with_keys(one) for one in error.errors])
    key = error.field.removeprefix(NAME).removeprefix(": ")
    return ThreefoldError(f"{key}: {error.sentence}" if key else error.sentence, paragraph=error.paragraph)
