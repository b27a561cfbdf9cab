"""The floor under notifying: the decision and the act are the local authority's, whoever else is heard."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from plugins.statutory_arrangements.called import is_called
from plugins.statutory_arrangements.clocks import LAW_ENDS, UNSTATED
from plugins.statutory_arrangements.floor import deciding_group, joined
from plugins.statutory_arrangements.in_words import (
    AUTHORITY,
    is_another,
    is_of_another,
    speaks_of_another,
    without_authority,
)
from plugins.statutory_arrangements.sitting import Meant, chosen, key_of, meant
from threefold.plugin_api import ArrangementView, Objection, Organisation, Provided, Source, serves_of, starts_of

S16C = Source("Children Act 2004, section 16C(1)", "ACT", "V", "gov.uk/guidance/report-a-serious-child-safeguarding-incident")
N7 = Source(
    "N-7: Working Together (the duty to notify stays with the local authority)", "SG", "V2", "wirralsafeguarding.co.uk/?p=2119"
)
N8 = Source(
    "N-8: Panel, frequently asked questions (the partners agree, the local authority decides)", "PG", "V",
    "childsafeguarding.independent-panel.uk/about/faqs/",
)  # fmt: skip
# Who it is in words: the authority, or one of its own; and plainly another.
_OFFICE = re.compile(
    r"\b(manager|managers|secretary|secretariat|office|officer|unit|support|administrators?|co-?ordinator|business)\b",
    re.IGNORECASE,
)
_ALL = re.compile(r"\b(all|each|every|both|three)\b.*\bpartners?\b", re.IGNORECASE)
_SCHOOL = re.compile(r"\b(head ?teacher|schools?|college|nursery)\b", re.IGNORECASE)
_TOGETHER = re.compile(
    r"\b(groups?|partners|partnership|board|panel)\b", re.IGNORECASE
)  # who acts together is none that acts alone
_FIRST = re.compile(r"(the )?(local authority|council)\b")


def who_notifies(arrangement: ArrangementView) -> Iterable[Objection]:
    """However views are sought and votes are taken, the final act of notifying stays with the local authority; so does a step of a plan that is
    the notification."""
    adopted = arrangement.entered == "adopted"
    for rule, step in arrangement.all("step"):
        who, where = str(step.get("who") or ""), f"rules.{rule.use}.steps.{step.key}.who"
        notifies = serves_of(step) == "notify-panel" or step.get("ends_with") == LAW_ENDS["notify-panel"]
        if notifies and chosen(arrangement, who) and not _may_have_authority(who, arrangement):
            yield Objection(f"who-notifies/{rule.use}/{step.key}", "in_force",
                            f"“{step.title}” is done without the local authority, and ends the notification or is for it. Only the local authority, "
                            "or one that acts for it, can notify.",
                            UNSTATED if adopted else S16C, field=where)  # fmt: skip
        elif (
            who
            and _is_called_so(step, notifies=bool(notifies))
            and (
                not _may_have_authority(who, arrangement)
                if chosen(arrangement, who)
                else (is_of_another(who) or (notifies and _is_of_them_together(who))) and not _is_authority(who, arrangement)
            )
        ):
            yield Objection(f"who-notifies/{rule.use}/{step.key}", "in_force",
                            f"“{step.title}” may be the notification, and seems to be done without the local authority, which alone can notify.",
                            N7, field=where, warns=True)  # fmt: skip
    for rule, way in arrangement.all("way"):
        if way.key != "notify":
            continue
        acts, where = way.get("acts"), f"rules.{rule.use}.ways.notify.acts"
        if not isinstance(acts, str) or not acts:
            yield Objection("who-notifies-unstated", "in_force",
                            f"'{rule.use}' does not say who performs the act of notifying. By law it is the local authority.",
                            UNSTATED if adopted else replace(N7, force="PG"), field=where)  # fmt: skip
        elif _is_authority(acts, arrangement):
            if others := _other_authorities(acts, arrangement):
                yield Objection("who-notifies-elsewhere", "in_force",
                                f"'{rule.use}' has one local authority notify, and {joined(others)} {'is' if len(others) == 1 else 'are'} a partner too. "
                                "Each notifies what happens in its own area, unless one acts for another by a recorded delegation.",
                                S16C, field=where, warns=True)  # fmt: skip
        elif chosen(arrangement, acts) or is_another(acts) or _TOGETHER.search(acts):
            yield Objection("who-notifies", "in_force",
                            f"'{rule.use}' lets '{acts}' notify. Only the local authority, or one that acts for it, can.",
                            S16C, field=where)  # fmt: skip
        else:
            yield Objection("who-notifies-in-words", "in_force",
                            f"Who performs the act of notifying is told in words: “{acts}”. They do not show whether that is the local authority, "
                            "which alone can. Choose its seat, or say so.",
                            N7, field=where, warns=True)  # fmt: skip


def who_decides_to_notify(arrangement: ArrangementView) -> Iterable[Objection]:
    """The decision to notify is the local authority's, as the duty is (N-7). The partners should agree on it (N-8); where all must,
    or a group decides in which others sit too, one of them could hold up what the authority must do."""
    adopted = arrangement.entered == "adopted"
    for rule, way in arrangement.all("way"):
        told, heard = way.get("decides"), way.get("views_from")
        decides = told or (
            heard if way.get("how") == "all_agree" else ()
        )  # where nobody else is named, all who are heard must agree
        named = decides if isinstance(decides, tuple) and decides else deciding_group(way)
        if way.key != "notify" or not named:
            continue
        where, found = f"rules.{rule.use}.ways.notify.decides", meant(arrangement, named)
        others = [o.name for o in found.organisations if not _for_authority(o, arrangement)]
        together = {
            "all_agree": f"only where all agree, so that {joined(others, 'or')} alone could hold it up",
            "group_decides": f"by a group in which {joined(others)} {'sits' if len(others) == 1 else 'sit'} too and could outvote it",
        }
        if len(others) == len(found.organisations) and not found.unread:
            source = replace(N7, force="PG") if adopted else N7
            yield Objection("who-decides-to-notify", "in_force",
                            "Whether to notify is decided without the local authority. Whoever else is heard, the duty stays with it, and so "
                            "does the decision.", source, field=where)  # fmt: skip
        elif (
            len(others) == len(found.organisations) and not adopted and (words := _without_authority(arrangement, named, found))
        ):
            yield Objection("who-decides-to-notify", "in_force",
                            f"Whether to notify is decided by {joined([f'“{one}”' for one in words])}, in words that do not show the local authority. Whoever "
                            "else is heard, the duty stays with it, and so does the decision. Choose its seat, or say so.",
                            N7, field=where, warns=True)  # fmt: skip
        elif (
            way.get("how") == "all_agree"
            and not adopted
            and (words := [one for one in found.unread if not chosen(arrangement, one) and _of_others_too(one)])
        ):
            yield Objection("who-decides-to-notify", "in_force",
                            f"Whether to notify is decided only where all agree, {joined([f'“{one}”' for one in words])} among them, so that another partner could hold it up. "
                            "The partners should agree which incidents are notified; the local authority decides, and holds the duty.", N8, field=where, warns=True)  # fmt: skip
        elif others and way.get("how") in together:
            yield Objection("who-decides-to-notify", "in_force",
                            f"Whether to notify is decided {together[str(way.get('how'))]}. The partners should agree which incidents are "
                            "notified; the local authority decides, and holds the duty.", N8, field=where)  # fmt: skip


def _without_authority(arrangement: ArrangementView, named: Iterable[object], found: Meant) -> list[str]:
    """The words among those named that do not mean the authority, where nobody listed may be of it either."""
    words = without_authority(arrangement, map(str, named))
    return words if set(found.unread) <= set(words) else []


def _other_authorities(acts: str, arrangement: ArrangementView) -> list[str]:
    """The authorities among the partners that a key leaves out, and that nobody it means acts for; none where words may mean each of them."""
    found = meant(arrangement, (acts,))
    there = {key for o in found.organisations for key in (o.key, *o.acts_for)}
    return [o.name for o in arrangement.partners if there and o.kind == "local_authority" and o.key not in there]


def _is_called_so(step: Provided, *, notifies: bool) -> bool:
    """Whether a step ends the notification, or is for it (`notifies`), or is called so, begins with what comes before it, and is not
    said to be something else."""
    begins = {"aware", "notification_decided"}
    return notifies or (not serves_of(step) and is_called(step, "notify-panel") and not begins.isdisjoint(starts_of(step)))


def _of_others_too(words: str) -> bool:
    """Whether words have another partner in them, or all of them."""
    return speaks_of_another(words) or bool(_ALL.search(words))


def _is_of_them_together(who: str) -> bool:
    """Whether words mean who acts for all the partners or for none of them, and not an office that writes for the authority."""
    return bool(is_another(who) or _TOGETHER.search(who) or _SCHOOL.search(who)) and not _OFFICE.search(who)


def _is_authority(acts: str, arrangement: ArrangementView) -> bool:
    """Whether a key, or words, mean the local authority or one that acts for it."""
    seats = {s.key: s.organisation for s in arrangement.seats}
    key = key_of(arrangement, acts)
    who = next((o for o in arrangement.organisations if o.key == seats.get(key, key)), None)
    if key:
        return who is not None and _for_authority(who, arrangement)
    said = acts.replace("_", " ").strip(" .").casefold()
    named = any(o.name.casefold() in said for o in arrangement.organisations if _for_authority(o, arrangement))
    return named or bool(_FIRST.match(said)) or bool(AUTHORITY.search(said) and not speaks_of_another(said))


def _may_have_authority(who: str, arrangement: ArrangementView) -> bool:
    """Whether somebody of the local authority, or of one that acts for it, is or may be among whom a key means: a seat of no organisation may,
    unless its name says whose it is."""
    found = meant(arrangement, (who,))
    seat = next((s for s in arrangement.seats if s.key == key_of(arrangement, who)), None)
    if seat is not None and not seat.organisation and is_of_another(seat.title):
        return False
    return not found.organisations or bool(found.unread) or any(_for_authority(o, arrangement) for o in found.organisations)


def _for_authority(organisation: Organisation, arrangement: ArrangementView) -> bool:
    """Whether an organisation is a local authority, or acts for one."""
    authorities = {o.key for o in arrangement.organisations if o.kind == "local_authority"}
    partners = {o.key for o in arrangement.partners}
    authorities = authorities & partners or authorities  # a district council beside it has no such duty
    return not authorities.isdisjoint((organisation.key, *organisation.acts_for))
