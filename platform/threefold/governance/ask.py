"""Asking rules, in one place: every finding carries its rule, every failure names its rule.

The law's rules are asked before any local rule, so that nothing a local rule does can change what the law said. A local
rule that raises, runs too long, says too much or says something else than findings is a `Failure`: its local effect is
shown as "could not be worked out", and the statutory act goes on.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, Generic, Literal, TypeVar

import structlog

from threefold.domain.errors import RuleError
from threefold.domain.findings import (
    AgencyAsk,
    Criterion,
    Duty,
    Limit,
    Objection,
    Outcome,
    Quorate,
    Step,
    Telling,
    Way,
)
from threefold.domain.well_made import wrong_in
from threefold.governance.rule_set import Bound, RuleRef, RuleSet
from threefold.governance.time_limit import TOO_LONG, TimeUp, is_late, note_late
from threefold.governance.time_limit import bounded as bounded
from threefold.governance.wording import with_questions

log = structlog.get_logger(__name__)
MOST_FINDINGS = 500  # from one rule in one asking; more is a fault, not an answer
FINDS: dict[str, type] = {
    "duties": Duty, "steps": Step, "criteria": Criterion, "outcomes": Outcome, "to_tell": Telling, "agencies": AgencyAsk,
    "objections": Objection, "limits": Limit, "floor": Objection, "quorum": Quorate,
}  # fmt: skip
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Said(Generic[T]):
    """One finding and the rule that made it."""

    rule: RuleRef
    finding: T


@dataclass(frozen=True, slots=True)
class Failure:
    """A rule that could not answer. `what` is for the operator; the screen says which rule and what is not worked out."""

    rule: RuleRef
    hook: str
    what: str

    @property
    def sentence(self) -> str:
        return f"The rule {self.rule.quoted} could not be worked out. What the law requires is not affected."


class RuleTooSlow(RuleError):
    """A rule does not answer in the time that rules have; the field is the place of its use."""


def answered(failure: Failure) -> Failure:
    """A failure of a rule that did answer, if with an error. Raises `RuleTooSlow` for one that did not."""
    if failure.what == TOO_LONG:
        raise RuleTooSlow(
            f"The rule {failure.rule.quoted} does not answer in its time. Ask its author, or remove it.",
            field=f"rules.{failure.rule.use}",
        )
    return failure


def ask(rules: RuleSet, hook: str, layer: Literal["law", "local"], **values: Any) -> tuple[list[Said[Any]], list[Failure]]:
    """Everything the rules of one layer say to a hook, in order of use. `values` are the hook's arguments by name."""
    said: list[Said[Any]] = []
    failures: list[Failure] = []
    wanted = FINDS[hook]
    for bound in rules.bound[hook]:
        ref = bound.ref
        if ref.layer != layer:
            continue
        if layer == "law":
            # A rule of the law that fails is a fault of the platform: loud, and never passed over.
            said += [Said(ref, finding) for finding in bound.call(*[values[a] for a in bound.arguments]) or ()]
            continue
        if is_late(ref):
            failures.append(Failure(ref, hook, TOO_LONG))
            continue
        try:
            found = [_humbled(finding, rules) for finding in _listen(bound, values, wanted)]
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # noqa: BLE001 - the one place where a rule's failure is caught, and made visible
            failures.append(_failed(ref, hook, error))
        else:
            said += [Said(ref, finding) for finding in found]
    return said, failures


def claimed_of_the_law(finding: Any) -> str:
    """What a finding of a local rule claims that is the law's alone, in words; empty where it claims nothing of the kind."""
    if finding.source.force in ("ACT", "REG"):
        return "the force of an Act or regulations"
    if isinstance(finding, Step) and finding.statutory:
        return "a statutory date"
    return "to bar a move" if isinstance(finding, Objection) and finding.bars else ""


def _humbled(finding: Any, rules: RuleSet) -> Any:
    """A finding of a local rule without what it may not claim (`claimed_of_the_law`).

    A condition knows the key of a question of the area's own; its sentence is told with the question as it is asked.
    """
    if rules.questions and "'" in finding.sentence:
        finding = replace(finding, sentence=with_questions(finding.sentence, rules.questions))
    if finding.source.force in ("ACT", "REG"):
        finding = replace(finding, source=replace(finding.source, force="LOCAL"))
    if isinstance(finding, Step) and finding.statutory:
        finding = replace(finding, statutory=False)
    if isinstance(finding, Objection) and finding.bars:
        finding = replace(finding, bars=False)
    return finding


def _listen(bound: Bound, values: dict[str, Any], wanted: type) -> list[Any]:
    answer = bound.call(*[values[a] for a in bound.arguments])
    if answer is None:
        return []
    found = list(islice(answer, MOST_FINDINGS + 1))
    if len(found) > MOST_FINDINGS:
        raise RuleError(f"The rule gave more than {MOST_FINDINGS} findings.")
    for finding in found:
        if type(finding) is not wanted:
            raise RuleError(f"The rule gave a {type(finding).__name__} where a {wanted.__name__} is asked for.")
        if wrong := wrong_in(finding):
            raise RuleError(wrong)
    return found


def _failed(ref: RuleRef, hook: str, error: BaseException) -> Failure:
    if isinstance(error, TimeUp):
        note_late(ref)
    what = TOO_LONG if isinstance(error, TimeUp) else f"{type(error).__name__}: {_text_of(error)[:300]}"
    # The text of an error may quote facts: the log gets its type, the verdict (sealed) the rest.
    log.error("rule_failed", rule=ref.rule, use=ref.use, hook=hook, error=type(error).__name__)
    return Failure(ref, hook, what)


def _text_of(error: BaseException) -> str:
    try:
        return str(error).encode("utf-8", "replace").decode()
    except KeyboardInterrupt:
        raise
    except BaseException:  # noqa: BLE001 - an error of a rule's own making may fail at saying what it is
        return "it does not say what"


def ask_one(rules: RuleSet, question: str, facts: Any) -> tuple[Said[Way] | None, list[Failure]]:
    """Who decides a question: the arrangement's one rule, and where it has none or fails, the law's own way."""
    failures: list[Failure] = []
    local = rules.sole.get(question)
    if local is not None and is_late(local.ref):
        failures.append(Failure(local.ref, "decision", TOO_LONG))
    elif local is not None:
        try:
            way = local.call(*[{"question": question, "facts": facts}[a] for a in local.arguments])
            if type(way) is Way:
                if wrong := wrong_in(way):
                    raise RuleError(wrong)
                return Said(local.ref, way), failures
            raise RuleError(f"The rule gave no way for '{question}', which it provides.")
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # noqa: BLE001 - as above
            failures.append(_failed(local.ref, "decision", error))
    law = rules.law_ways.get(question)
    if law is None:
        return None, failures
    way = law.call(*[{"question": question, "facts": facts}[a] for a in law.arguments])
    return (Said(law.ref, way) if way is not None else None), failures
