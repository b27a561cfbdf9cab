"""Whatever is done to a small chain, the walk along it finds it: by made-up tamperings, many of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid5

from hypothesis import given
from hypothesis import strategies as st

from tests.support.database import NOW
from threefold.walls.audit.chain import EDITED, REMOVED, REORDERED, Entry, Fault, Link, Walk, extend
from threefold.walls.sealed import MasterKey
from threefold.walls.tables import AuditEntry

BODY = UUID("5b6f3a52-9a53-4b3e-8f0a-2a2d2f6f1c10")
KEY = MasterKey(b"m" * 32).audit_key(BODY)
Chain = list[tuple[Link, Entry | None]]


def entries(count: int) -> list[Entry]:
    return [
        Entry(uuid5(BODY, str(no)), NOW + timedelta(seconds=no % 3), None, "see a case", "case read", f"case:{no % 2}", {"no": no},
              "detail", "web 127.0.0.1", "done")
        for no in range(count)
    ]  # fmt: skip


def chain(count: int, key: bytes = KEY) -> Chain:
    made = entries(count)
    return list(zip(extend(key, None, made, NOW), made, strict=True))


def faults(of: Chain, key: bytes = KEY) -> list[Fault]:
    walk = Walk(key)
    return [fault for link, entry in sorted(of, key=lambda pair: pair[0].no) for fault in walk.step(link, entry)]


def test_a_chain_that_nobody_touched_has_no_fault() -> None:
    assert faults(chain(40)) == []


def test_a_chain_goes_on_where_it_ended() -> None:
    made = entries(7)
    first = list(extend(KEY, None, made[:3], NOW))
    assert [*first, *extend(KEY, first[-1], made[3:], NOW)] == [link for link, _ in chain(7)]


def test_nobody_without_the_key_can_make_a_chain_and_each_body_has_its_own() -> None:
    other = MasterKey(b"m" * 32).audit_key(uuid5(BODY, "other"))
    assert faults(chain(3, other)) and faults(chain(3, MasterKey(b"n" * 32).audit_key(BODY))) and len({KEY, other}) == 2


def test_every_digest_of_a_chain_has_256_bits() -> None:
    assert {8 * len(mac) for link, _ in chain(3) for mac in (link.entry_mac, link.mac)} == {256} and 8 * len(KEY) == 256


OTHERS = {
    "at": NOW + timedelta(hours=1), "actor": BODY, "purpose": "?", "action": "?", "subject": "?", "detail": {"no": "?"}, "kind": "list",
    "source": "?", "outcome": "refused",
}  # fmt: skip


def test_every_column_of_an_entry_is_sealed() -> None:
    told = {c.name for c in AuditEntry.__table__.columns} - {"tenant_id", "id"}
    assert told == set(OTHERS), "a column that is added joins the digest, where it is not empty"
    for column, value in OTHERS.items():
        made = chain(3)
        link, entry = made[1]
        assert entry is not None
        made[1] = link, replace(entry, **{column: value})
        assert [fault.kind for fault in faults(made)] == [EDITED], column


@given(count=st.integers(2, 9), data=st.data())
def test_every_tampering_is_found_and_named(count: int, data: st.DataObject) -> None:
    made = chain(count)
    at = data.draw(st.integers(0, count - 1))
    link, entry = made[at]
    assert entry is not None
    done = data.draw(
        st.sampled_from(["edit", "edit link", "remove entry", "remove link", "swap links", "swap entries", "forge"])
    )
    if done == "edit":
        column = data.draw(st.sampled_from(sorted(OTHERS)))
        made[at], kinds = (link, replace(entry, **{column: OTHERS[column]})), {EDITED}
    elif done == "edit link":
        value = data.draw(st.sampled_from([
            {"until": NOW + timedelta(days=9)}, {"sealed_at": NOW + timedelta(days=9)}, {"mac": b"?" * 32}, {"entry_mac": b"?" * 32},
        ]))  # fmt: skip
        made[at], kinds = (replace(link, **value), entry), {EDITED, REORDERED}
    elif done == "remove entry":
        made[at], kinds = (link, None), {REMOVED}
    elif done == "remove link":
        at = min(at, count - 2)  # the last one gone is a chain cut short, which the anchors tell
        del made[at]
        kinds = {REMOVED}
    else:
        other = (at + data.draw(st.integers(1, count - 1))) % count
        there, theirs = made[other]
        if done == "swap links":
            made[at], made[other] = (replace(link, no=there.no), entry), (replace(there, no=link.no), theirs)
            kinds = {REORDERED}
        elif done == "swap entries":
            made[at], made[other] = (link, theirs), (there, entry)
            kinds = {EDITED}
        else:  # an edited entry with a digest that somebody without the key worked out
            edited = replace(entry, action="?")
            made[at] = next(extend(b"?" * 32, made[at - 1][0] if at else None, [edited], NOW)), edited
            kinds = {EDITED, REORDERED}
    found = faults(made)
    assert found and {fault.kind for fault in found} & kinds, (done, found)
    assert all(fault.sentence.endswith(".") for fault in found)
