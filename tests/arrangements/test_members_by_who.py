"""Who stands in a list without a key is changed by who they are: nobody else is changed because a line above was taken away."""

from __future__ import annotations

from typing import Any

import pytest

from tests.arrangements.area import LEAD, MANAGER, Area, area, boxes_of
from threefold.governance import drafts

__all__ = ["area"]

GROUP = "rules/groups/groups/executive"


def group(area: Area, draft: str) -> dict[str, Any]:
    return dict(drafts.node_at(area.content(draft), tuple(GROUP.split("/"))))


def members(area: Area, draft: str) -> dict[str, tuple[str, str]]:
    return {m["who"]: (m.get("part", "member"), m.get("note", "")) for m in group(area, draft)["members"]}


@pytest.fixture
def draft(area: Area) -> str:
    made = area.begun()
    for who in ("council", "police", "health"):
        area.answer(f"{made}/add/{GROUP}/members", {"who": who})
    return made


def page_of(area: Area, draft: str, who: str, listed: str = "members", by: str = MANAGER) -> str:
    """The address of a line as its list leads to it."""
    entries = drafts.node_at(area.content(draft), (*GROUP.split("/"), *listed.split("/")))
    number = next(i for i, e in enumerate(entries) if who in (e.get("who"), e.get("for")))
    path = f"{draft}/line/{GROUP}/{listed}/{drafts.name_of(entries[number], number)}"
    listing = area.by(by).get(f"{draft}/line/{GROUP}/{listed}")
    assert path in {e.get("href") for e in listing.page.all("a")}
    return path


def test_a_line_above_that_is_removed_or_moved_changes_nobody_else(area: Area, draft: str) -> None:
    police = page_of(area, draft, "police")
    stale = boxes_of(area.by(MANAGER).get(police)) | {"part": "advises"}
    council = page_of(area, draft, "council").replace("/line/", "/remove/")
    area.by(LEAD).post(council)
    assert area.by(MANAGER).client.post(police, data=stale).status_code == 303
    told = members(area, draft)
    assert told["police"][0] == "advises" and told["health"][0] == "member"
    health = page_of(area, draft, "health")
    stale = boxes_of(area.by(MANAGER).get(health)) | {"note": "By turns"}
    listing = area.by(LEAD).get(f"{draft}/line/{GROUP}/members").page
    area.by(LEAD).send(health.replace("/line/", "/move/"), {**listing.hidden(), "way": "up"})
    assert area.by(MANAGER).client.post(health, data=stale).status_code == 303
    told = members(area, draft)
    assert (told["health"][1], told["police"][1]) == ("By turns", "")


def test_who_was_removed_meanwhile_is_told_and_what_was_typed_is_kept(area: Area, draft: str) -> None:
    police = page_of(area, draft, "police")
    stale = boxes_of(area.by(MANAGER).get(police)) | {"note": "Typed for an hour"}
    area.by(LEAD).post(police.replace("/line/", "/remove/"))
    told = area.by(MANAGER).send(police, stale, 409)
    assert "removed this" in told.page.heading and "Typed for an hour" in str(boxes_of(told))
    assert set(members(area, draft)) >= {"council", "health"} and "police" not in members(area, draft)


def test_only_who_is_new_is_told_as_what_a_removed_one_may_have_become(area: Area, draft: str) -> None:
    police = page_of(area, draft, "police")
    stale = boxes_of(area.by(MANAGER).get(police)) | {"note": "Typed for an hour"}
    area.by(LEAD).post(police.replace("/line/", "/remove/"))
    area.answer(page_of(area, draft, "health", by=LEAD), {"note": "By turns"})
    told = area.by(MANAGER).send(police, stale, 409)
    assert "New in its list" not in told.text, "who was there all along has only moved up"
    area.answer(f"{draft}/add/{GROUP}/members", {"who": "health", "note": "A second one"})
    area.answer(f"{draft}/add/{GROUP}/members", {"who": "schools"})
    told = area.by(MANAGER).send(police, stale, 409)
    listed = [e.get("href").rpartition("/")[2] for e in told.page.all("a") if "/members/" in (e.get("href") or "")]
    entries = group(area, draft)["members"]
    assert listed == [drafts.name_of(entry, no) for no, entry in enumerate(entries)][-2:], "each as often as it came"


def test_one_who_is_another_now_is_not_changed_in_their_place(area: Area, draft: str) -> None:
    police = page_of(area, draft, "police")
    stale = boxes_of(area.by(MANAGER).get(police)) | {"note": "Of the police"}
    saved = area.answer(police, {"who": "schools"}, email=LEAD)
    assert "of=rules" in saved.location
    told = area.by(MANAGER).send(police, stale, 409)
    assert "changed what it is about" in told.page.heading
    assert members(area, draft)["schools"][1] == ""


def test_stand_ins_of_a_quorum_alike(area: Area, draft: str) -> None:
    area.answer(f"{draft}/add/{GROUP}/quorum", {"count": "2", "among": ["council", "police", "health"]})
    for whom in ("council", "police"):
        area.answer(f"{draft}/add/{GROUP}/quorum/substitutes", {"for": whom, "by": "schools"})
    police = page_of(area, draft, "police", "quorum/substitutes")
    stale = boxes_of(area.by(MANAGER).get(police)) | {"by": "scrutineer"}
    area.by(LEAD).post(page_of(area, draft, "council", "quorum/substitutes").replace("/line/", "/remove/"))
    area.answer(f"{draft}/add/{GROUP}/quorum/substitutes", {"for": "health", "by": "schools"})
    assert area.by(MANAGER).client.post(police, data=stale).status_code == 303
    told = {s["for"]: s["by"] for s in group(area, draft)["quorum"]["substitutes"]}
    assert told == {"police": "scrutineer", "health": "schools"}


def test_what_a_message_names_by_number_alone_is_found() -> None:
    listed = [{"who": "council"}, {"who": "police"}]
    content: dict[str, Any] = {"organisations": listed, "uses": []}
    assert drafts.node_at(content, ("organisations", "1")) == {"who": "police"}
    named = drafts.name_of(listed[1], 1)
    assert drafts.node_at({**content, "organisations": listed[1:]}, ("organisations", named)) == {"who": "police"}
    with pytest.raises(drafts.NoSuchPlace):
        drafts.node_at(
            {**content, "organisations": [{"who": "health"}, {"who": "police"}, {"who": "police"}][:1]},
            ("organisations", named),
        )


def test_of_two_who_are_called_alike_neither_is_changed_for_the_other(area: Area) -> None:
    draft = area.begun()
    for note in ("Head of crime", "Review team"):
        area.answer(f"{draft}/add/{GROUP}/members", {"who": "police", "note": note})
    first = page_of(area, draft, "police")
    stale = boxes_of(area.by(MANAGER).get(first)) | {"part": "advises"}
    area.by(LEAD).post(first.replace("/line/", "/remove/"))
    told = area.by(MANAGER).send(first, stale, 409)
    assert "removed this" in told.page.heading
    assert members(area, draft)["police"] == ("member", "Review team")
    second = page_of(area, draft, "police")
    area.answer(second, {"part": "attends"}, email=MANAGER)
    assert members(area, draft)["police"][0] == "attends"


def test_a_member_is_called_by_what_their_seat_is_called(area: Area) -> None:
    draft = area.begun()
    group = area.answer(f"{draft}/add/rules/groups/groups", {"title": "Education group"}).location.split("?")[0]
    added = area.answer(f"{group}/members".replace("/line/", "/add/"), {"who": "police-lead"}).location
    line = added.split("?")[0]
    for page in (added, f"{group}/members", group, line.replace("/line/", "/remove/"), f"{draft}/history"):
        shown = area.by(LEAD).get(page).text
        assert "police-lead" not in shown and "Lead safeguarding partner, police" in shown, page


def test_a_group_with_another_member_is_what_the_partners_agree_until_it_is_as_its_page_says_again(area: Area) -> None:
    draft = area.begun()
    cited = group(area, draft)["source"]
    assert cited["ref"] != drafts.AGREED["ref"], "the group is taken from a page"
    area.answer(f"{draft}/add/{GROUP}/members", {"who": "council"})
    assert group(area, draft)["source"] == drafts.AGREED
    page = page_of(area, draft, "council")
    area.answer(page, {"note": "By turns"})
    area.answer(page.replace("/line/", "/remove/"), {})
    assert group(area, draft)["source"] == cited
    area.answer(f"{draft}/line/{GROUP}", {"text": "Told in other words."})
    area.answer(f"{draft}/add/{GROUP}/members", {"who": "council"})
    area.answer(page_of(area, draft, "council").replace("/line/", "/remove/"), {})
    assert group(area, draft)["source"] == drafts.AGREED, "its own words are not the page's"


def test_who_stands_in_makes_the_quorum_s_own_source_another_and_not_the_group_s(area: Area, draft: str) -> None:
    at = (*GROUP.split("/"), "quorum")
    area.answer(
        f"{draft}/add/{GROUP}/quorum",
        {"count": "1", "among": ["police", "health"], "source__ref": "https://www.example.org/quorum"},
    )
    before = group(area, draft)["source"]
    area.answer(f"{draft}/add/{GROUP}/quorum/substitutes", {"for": "police", "by": "health"})
    assert drafts.node_at(area.content(draft), at)["source"] == drafts.AGREED and group(area, draft)["source"] == before
