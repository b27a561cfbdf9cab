"""Files and screen are one: what is downloaded is taken in again as the same, and what is wrong with a file is told with its key."""

from __future__ import annotations

import io
from dataclasses import replace

from tests.arrangements.area import HOME, HUDDLE, LEAD, Area, area, day, taken_in
from tests.arrangements.vale import APRIL, LIBRARY, NOW_IN_FORCE
from threefold.governance import drafts
from threefold.governance.pack_export import to_toml
from threefold.governance.pack_import import read_pack

__all__ = ["area"]


def test_a_draft_is_exported_and_taken_in_again_as_the_same(area: Area) -> None:
    draft = area.begun()
    area.answer(f"{draft}/{HUDDLE}", {"day": "12"})
    area.answer(f"{draft}/about", day("begins", APRIL))
    file = area.by(LEAD).client.get(f"{draft}/export").get_data()
    sent = area.filled(f"{HOME}/drafts/import", {}) | {"file": (io.BytesIO(file), "april.toml")}
    again = area.by(LEAD).send(f"{HOME}/drafts/import", sent).location.removesuffix("?done=begun")
    mine, theirs = (drafts.as_arrangement(area.content(d)) for d in (draft, again))
    assert (theirs, theirs.signed_hash) == (mine, mine.signed_hash)


def test_what_is_wrong_with_a_file_is_told_with_its_key(area: Area) -> None:
    toml = to_toml(NOW_IN_FORCE)
    for wrong, told in (
        (b"", "This file is empty"), (b"x = [", "not TOML"), (b"format = 1\nkind = 'arrangement'", "title: This key is needed and is missing"),
        (toml.replace('"day" = 14', '"day" = nan').encode(), "rules.rapid-review-plan.settings.steps.huddle.day: This is not a number"),
        (toml.replace('title = "', 'title = "\\u0000', 1).encode(), "title: This text has a character that cannot be shown"),
        (toml.encode("utf-16"), "Save it as UTF-8"),
    ):  # fmt: skip
        assert told in taken_in(area, wrong).text
    taken_in(area, b"\xef\xbb\xbf" + toml.encode(), 303)


def test_a_file_of_another_area_is_not_taken_in_and_its_rules_can_be_begun_from(area: Area) -> None:
    other = LIBRARY.bodies["example-vale"]
    known = replace(other, id="example-glen", name="Example Glen", versions=(replace(NOW_IN_FORCE, body="example-glen"),))
    own = area.site.app.extensions["threefold"]
    library = replace(own.library, bodies={**own.library.bodies, "example-glen": known})
    area.site.app.extensions["threefold"] = replace(own, library=library)
    refused = taken_in(area, to_toml(known.versions[0]).encode())
    assert "the arrangement of 'example-glen', and it was to be taken in for 'example-vale'" in refused.text
    instead = next(e.get("href") for e in refused.page.all("a") if "from=" in (e.get("href") or ""))
    assert "The rules of Example Glen" in area.by(LEAD).get(instead).text
    done = area.answer(instead, {"title": "As in Example Glen"})
    content = area.content(done.location.removesuffix("?done=begun"))
    assert content["body"] == "example-vale"
    assert [u["use"] for u in content["uses"]] == [u.use for u in NOW_IN_FORCE.uses]


def test_a_version_is_downloaded_as_a_file(area: Area) -> None:
    shown = area.by("police-lead@vale.example").get(f"{HOME}/versions/demonstration")
    link = next(e.get("href") for e in shown.page.all("a") if (e.get("href") or "").endswith("/export"))
    file = area.by("police-lead@vale.example").client.get(link)
    assert file.headers["Content-Disposition"] == 'attachment; filename="demonstration.toml"'
    mine, theirs = (
        read_pack(f, LIBRARY.bodies["example-vale"], "next") for f in (file.get_data(), to_toml(NOW_IN_FORCE).encode())
    )
    assert mine == theirs
    area.by(LEAD).get(f"{HOME}/versions/none/export", 404)
