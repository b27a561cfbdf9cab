"""An arrangement that tells everything guidance asks for, made of the real rules, and how to take one thing out of it."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from plugins.decision_making import DecisionMaking
from plugins.escalation_ladder import EscalationLadder
from plugins.narrative import Narrative
from plugins.narrative.sections import SECTIONS
from plugins.publication_and_retention import PublicationAndRetention
from plugins.relevant_agencies import RelevantAgencies
from plugins.resourcing import Resourcing
from plugins.scrutiny import Scrutiny
from plugins.statutory_arrangements import StatutoryArrangements
from tests.plugins.statutory.editions import EDITIONS
from threefold.domain.findings import Objection
from threefold.plugin_api.arrangement import ArrangementView, Organisation, RuleProvides, Seat
from threefold.plugin_api.rule import Rule

THREE = (
    Organisation("council", "Example Council", "local_authority", True),
    Organisation("board", "Example Board", "integrated_care_board", True),
    Organisation("force", "Example Police", "police", True),
)
COMMENCED = date(2027, 9, 1)  # a made-up day on which A18 comes into force
WORDS = "The partners have agreed how this is done."
IN_WORDS = ("A3", "A7", "A8", "A9", "A10", "A12", "A13", "A14", "A15", "A17", "A18")

_RULES: dict[str, type[Rule]] = {
    "groups": DecisionMaking, "escalation": EscalationLadder, "told": Narrative, "publication": PublicationAndRetention,
    "agencies": RelevantAgencies, "funding": Resourcing, "scrutiny": Scrutiny,
}  # fmt: skip


def _settings() -> dict[str, dict[str, Any]]:
    members = [{"who": f"{o.key}-lead"} for o in THREE]
    sections = [s for s in SECTIONS.items() if s[1].answers in IN_WORDS]
    return {
        "groups": {
            "groups": [{"key": "executive", "title": "Executive", "members": members, "chair": "council-delegate"}],
            "ways": [{"question": "local_review", "text": "The executive decides.", "decides": ["executive"], "how": "group_decides"}],
        },
        "escalation": {
            "stages": [
                {"key": "managers", "title": "Managers talk", "stage": 1, "who": "managers"},
                {"key": "leads", "title": "The executive settles it", "stage": 2, "who": "executive"},
            ]
        },
        "told": {"statements": [{"key": key, "section": key, "title": s.label, "text": WORDS} for key, s in sections]},
        "publication": {"texts": [{"key": "report", "title": "The report of a review", "published": "yes"}]},
        "agencies": {
            "agencies": [{"key": "hospital", "title": "The hospital trust", "text": "Chosen because it sees most injuries."}],
            "terms": [{"key": "meet", "title": "How they work together", "text": "Agencies meet every quarter."}],
        },
        "funding": {"funds": [{"key": "council", "title": "The council's share", "payer": "council"}]},
        "scrutiny": {"forms": [{"key": "scrutineer", "title": "Independent scrutineer"}]},
    }  # fmt: skip


@dataclass
class Made:
    """An arrangement in the making, to be changed by a test. `settings` by use."""

    organisations: list[Organisation] = field(default_factory=lambda: list(THREE))
    seats: list[Seat] = field(default_factory=lambda: [
        *(Seat(f"{o.key}-{role}", o.name, role, o.key) for o in THREE for role in ("lead", "delegate")),  # type: ignore[arg-type]
        Seat("chair", "Partnership chair", "chair", "council"), Seat("manager", "Business manager", "business_manager"),
    ])  # fmt: skip
    area_codes: tuple[str, ...] = ("E10000099",)
    settings: dict[str, dict[str, Any]] = field(default_factory=_settings)

    def seen(self, entered: Literal["signed", "adopted"] = "signed", begins: date | None = date(2028, 1, 1)) -> ArrangementView:
        rules = []
        for use, settings in self.settings.items():
            rule = _RULES[use](deepcopy(settings), use=use)
            rules.append(RuleProvides(use, rule.card.name, tuple(rule.provides())))
        brought = tuple(r for r in rules if r.provided)  # a use that brings nothing is not seen by the floor
        return ArrangementView(
            "area", "one", entered, begins, self.area_codes, tuple(self.organisations), tuple(self.seats), brought
        )

    def without_statements(self, row: str) -> None:
        """No statement under the sections of one requirement, and none that says it answers it."""
        self.settings["told"]["statements"] = [
            s for s in self.statements if row not in s.get("answers", ())
            and not (s["section"] in SECTIONS and SECTIONS[s["section"]].answers == row)
        ]  # fmt: skip

    @property
    def statements(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.settings["told"]["statements"]
        return found

    def say(self, section: str, *answers: str) -> None:
        self.statements.append(
            {
                "key": f"said-{len(self.statements)}",
                "section": section,
                "title": "Said",
                "text": WORDS,
                "answers": list(answers),
            }
        )

    def unseat(self, *roles: str) -> None:
        self.seats = [s for s in self.seats if s.role not in roles]


def law(edition: str = "wt-2026", **content: Any) -> StatutoryArrangements:
    """The floor as an edition sets it; `content` changes rows by name, such as `A18={"commenced": True}`."""
    use = next(u for u in EDITIONS[edition].uses if u.rule == StatutoryArrangements.card.id)
    settings = deepcopy(dict(use.settings))
    settings["content"] = [{**row, **content.get(row["row"], {})} for row in settings["content"]]
    return StatutoryArrangements(settings, use=use.use)


def every_row() -> StatutoryArrangements:
    """The newest edition with A18 in force as well."""
    return law(A18={"commenced": True, "from": COMMENCED})


def untold(view: ArrangementView, rule: StatutoryArrangements | None = None, on: date | None = None) -> list[Objection]:
    """What the floor says of required content alone."""
    found = (rule or every_row()).floor(view, on or view.begins)
    return [o for o in found if o.key.startswith("content/") and o.key != "content/may-apply"]


def _drop(use: str, setting: str | None = None) -> Callable[[Made], None]:
    def drop(made: Made) -> None:
        if setting is None:
            made.settings.pop(use)
        else:
            made.settings[use][setting] = []

    return drop


def _silent(row: str) -> Callable[[Made], None]:
    return lambda made: made.without_statements(row)


def _no_police(made: Made) -> None:
    made.organisations = [o for o in made.organisations if o.kind != "police"]


def _no_area(made: Made) -> None:
    made.area_codes = ()


# How each requirement is left out of the whole arrangement, and the place that mends it.
LEFT_OUT: dict[str, tuple[Callable[[Made], None], str]] = {
    "A1": (_no_police, "organisations+police"),
    "A2": (_no_area, "area_codes"),
    "A3": (_silent("A3"), "narrative.A3.identify-and-respond"),
    "A4": (_drop("publication"), "rules+publication-and-retention"),
    "A5": (_drop("scrutiny"), "rules+scrutiny"),
    "A6": (_drop("agencies"), "rules+relevant-agencies"),
    "A7": (_silent("A7"), "narrative.A7.education"),
    "A8": (_silent("A8"), "narrative.A8.custody-and-homes"),
    "A9": (_silent("A9"), "narrative.A9.data"),
    "A10": (_silent("A10"), "narrative.A10.training"),
    "A11": (_drop("funding"), "rules+resourcing"),
    "A12": (_silent("A12"), "narrative.A12.learning"),
    "A13": (_silent("A13"), "narrative.A13.voice"),
    "A14": (_silent("A14"), "narrative.A14.threshold"),
    "A15": (_silent("A15"), "narrative.A15.delegation"),
    "A16": (_drop("escalation"), "rules+escalation-ladder"),
    "A17": (_silent("A17"), "narrative.A17.looked-after-children"),
    "A18": (_silent("A18"), "narrative.A18.designated-agencies"),
}
