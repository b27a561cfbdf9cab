"""The sections that answer what guidance asks of published arrangements, and the requirement (A3 to A18) each answers.

An area's pages may use any section names of their own. A statement under one of these, by its key or its label, counts as
an answer to the requirement beside it; a statement elsewhere counts where its author says which requirement it answers.
A1 and A2 (who the partners are, which areas are covered) are told by the organisations and area codes, never in words.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Section:
    """A section as a person reads it, and the requirement it answers, or of which it answers a part."""

    label: str
    answers: str


SECTIONS: dict[str, Section] = {
    "identify-and-respond": Section("How the partners work together to identify and respond to children's needs", "A3"),
    "local-reviews": Section("How local child safeguarding practice reviews are commissioned and published", "A4"),
    "scrutiny": Section("How the arrangements are scrutinised independently", "A5"),
    "relevant-agencies": Section("Which relevant agencies take part, why, and how they work together", "A6"),
    "education": Section("How early years settings, schools and other education are included", "A7"),
    "custody-and-homes": Section("How youth custody and children's residential homes are included", "A8"),
    "data": Section("How data and intelligence show whether help works, early help included", "A9"),
    "training": Section("How training across agencies is commissioned, delivered and checked for its effect", "A10"),
    "audits": Section("How agencies audit their work together", "A10"),
    "funding": Section("How the arrangements are funded", "A11"),
    "learning": Section("How learning from reviews becomes part of practice", "A12"),
    "voice": Section("How children and families are heard", "A13"),
    "threshold": Section("What the threshold document is, and how it fits these arrangements", "A14"),
    "delegation": Section("What the lead partners have delegated, and on what terms", "A15"),
    "business-support": Section("Who gives the partnership its business support", "A15"),
    "disputes": Section("How disagreements are settled, ending with the lead safeguarding partners", "A16"),
    "looked-after-children": Section("How looked-after children are covered", "A17"),
    "accountability": Section("Who is accountable to whom", "A17"),
    "inequalities": Section("How disproportionality and racism are analysed", "A17"),
    "data-sharing": Section("How agencies share data", "A17"),
    "designated-agencies": Section("Which childcare and education agencies are designated", "A18"),
    "child-protection-teams": Section("Which multi-agency child protection teams there are", "A18"),
}


def listed_section(section: str) -> str:
    """The key of the section that a statement's own section names, by key or label; empty where it names none."""
    wanted = section.strip().casefold()
    return next((key for key, s in SECTIONS.items() if wanted in (key, s.label.casefold())), "")


def requirements() -> dict[str, str]:
    """Each requirement that can be told in words, and what it asks."""
    rows: dict[str, list[str]] = {}
    for section in SECTIONS.values():
        rows.setdefault(section.answers, []).append(section.label)
    return {row: f"{row}: {'; '.join(labels)}" for row, labels in rows.items()}
