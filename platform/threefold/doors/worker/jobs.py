"""What the worker does: claims a piece of work by its id, and performs it for the body PostgreSQL says it is for.

A queue entry holds an id and nothing else. Which function runs comes from the fixed table below. A failed piece is tried
again with growing pauses; a killed worker's is found by the sweep.
"""

from __future__ import annotations

import smtplib
import traceback
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from uuid import UUID

import structlog

from threefold.domain.calendar import LONDON
from threefold.domain.errors import ThreefoldError
from threefold.doors.worker.ended_requests import end_requests
from threefold.governance.decide import Governance
from threefold.governance.replay import EVERY, PastVerdict, replay
from threefold.walls.audit.anchors import Anchor, Anchors
from threefold.walls.audit.lines import AuditLines
from threefold.walls.audit.sealing import BATCH, seal_some, sealed_until
from threefold.walls.audit.verifying import note_checked, verify
from threefold.walls.directory import ClaimedWork
from threefold.walls.post import Post
from threefold.walls.refusals import RecordsDestroyed
from threefold.walls.rotation import reseal_all
from threefold.walls.sealed import ContentDestroyed, KeysDestroyed
from threefold.walls.session import SYSTEM, Scope, Unit, Walls
from threefold.work.incidents import anew, person_index
from threefold.work.incidents.records import CaseDestroyed
from threefold.work.people import half_written, invitations, links, notices
from threefold.work.records.stories import exporting, reminding
from threefold.work.rehearsal import runs as rehearsal
from threefold.work.reminders import signature_mails, signatures
from threefold.work.reminders import stories as reminders
from threefold.work.reviews import stories as reviews

log = structlog.get_logger(__name__)
PAUSES = (5, 30, 120, 600, 3600)  # seconds before the second, third, ... attempt


@dataclass(frozen=True, slots=True)
class Bench:
    """What jobs work with."""

    walls: Walls
    governance: Governance
    post: Post
    send_mail: Callable[[str, str, str], None]
    public_url: str
    anchors: Anchors = field(default_factory=lambda: Anchors(Path("var") / "anchors"))
    audit_lines: AuditLines | None = None


def perform(bench: Bench, work_id: UUID, at: datetime | None = None) -> str:
    """Do one piece of work. Returns what became of it: done, waiting (tried again later), failed, or not claimed."""
    now = at or datetime.now(UTC)
    with bench.walls.directory() as directory:
        work = directory.claim_work(work_id, now)
    if work is None:
        return "not claimed"
    try:
        KINDS[work.kind](bench, work, now)
    except (
        KeysDestroyed,
        ContentDestroyed,
        CaseDestroyed,
        RecordsDestroyed,
    ) as error:  # nothing more can come of it, now or later
        log.info("destroyed", work=str(work_id), kind=work.kind, error=type(error).__name__)
    except Exception as error:  # noqa: BLE001  whatever a piece of work raises, the worker lives: it is logged and tried again
        outcome = "waiting" if work.attempts <= len(PAUSES) else "failed"
        pause = PAUSES[min(work.attempts, len(PAUSES)) - 1]
        # Where it failed, and never with which values: they may be a link's secret, an address, a sentence about a child.
        frames = [f"{f.filename.rsplit('/', 1)[-1]}:{f.lineno} {f.name}" for f in traceback.extract_tb(error.__traceback__)]
        log.error(
            "work_failed", work=str(work_id), kind=work.kind, attempts=work.attempts, error=type(error).__name__, frames=frames
        )
        with bench.walls.directory() as directory:
            directory.finish_work(work_id, outcome, type(error).__name__, now + timedelta(seconds=pause))
        return outcome
    with bench.walls.directory() as directory:
        directory.finish_work(work_id, "done")
    return "done"


def deliver(bench: Bench, work: ClaimedWork, at: datetime) -> None:
    bench.post.deliver(work.body_id, work.subject, at)


def take_in(bench: Bench, work: ClaimedWork, at: datetime) -> None:
    bench.post.take_in(work.body_id, work.subject, at)


def remind(bench: Bench, work: ClaimedWork, at: datetime) -> None:
    work_out_anew(bench, work, at)  # first: what is due may be due otherwise from today on
    with bench.walls.open(Scope(work.body_id), actor=SYSTEM, purpose="make reminders", at=at) as unit:
        reminders.make_reminders(unit, bench.governance)
        signatures.make_signature_reminders(unit, bench.governance)
        reminding.make_subject_reminders(unit, lambda: reminders.lead_days(unit, bench.governance))


def work_out_anew(bench: Bench, work: ClaimedWork, at: datetime) -> None:
    """Each case in a transaction of its own: nobody who works on another one waits. One that cannot be worked out is told in the log, tried
    again within the hour, and keeps nobody from being reminded of the others."""
    scope, purpose = Scope(work.body_id), "work open cases out anew"
    with bench.walls.open(scope, actor=SYSTEM, purpose=purpose, at=at) as unit:
        found = anew.to_work_out(unit)
    for case_id in found:
        try:
            with bench.walls.open(scope, actor=SYSTEM, purpose=purpose, at=at) as unit:
                anew.work_out_anew(unit, bench.governance, case_id)
        except (CaseDestroyed, RecordsDestroyed, ContentDestroyed):
            continue  # destroyed since they were listed
        except KeysDestroyed:
            raise  # of the whole body
        except Exception as error:  # noqa: BLE001  as above: whatever one case raises
            log.error("case_not_worked_out", case=str(case_id), error=type(error).__name__)


def mail_reminder(bench: Bench, work: ClaimedWork, at: datetime) -> None:
    _mail(bench, work, at, "send a reminder", _address(bench, work.body_id), reminders.reminder_mail, reminders.mail_came_to)


def mail_signature_reminder(bench: Bench, work: ClaimedWork, at: datetime) -> None:
    _mail(
        bench,
        work,
        at,
        "send a reminder to sign",
        _address(bench, work.body_id),
        signature_mails.signature_reminder_mail,
        signatures.signature_mail_came_to,
    )


def mail_subject_reminder(bench: Bench, work: ClaimedWork, at: datetime) -> None:
    address, make, came_to = _address(bench, work.body_id), reminding.subject_reminder_mail, reminding.subject_mail_came_to
    _mail(bench, work, at, "send a reminder of a subject request", address, make, came_to)


def mail_notice(bench: Bench, work: ClaimedWork, at: datetime) -> None:
    address = _address(bench, work.body_id)
    _mail(bench, work, at, "tell somebody of something", address, notices.notice_mail, notices.notice_mail_came_to)


def mail_request(bench: Bench, work: ClaimedWork, at: datetime) -> None:
    address = f"{bench.public_url.rstrip('/')}/answer/{_slug(bench, work.body_id)}/open"
    make = partial(reviews.request_mail, account=f"{_address(bench, work.body_id)}/asked")
    _mail(bench, work, at, "send a request", address, make, reviews.request_mail_came_to)


def _mail(
    bench: Bench, work: ClaimedWork, at: datetime, purpose: str, address: str,
    make: Callable[[Unit, UUID, str], tuple[str, str, str] | None], came_to: Callable[[Unit, UUID, str], None],
) -> None:  # fmt: skip
    """Two transactions around the sending: a crash between them sends twice rather than never."""
    with bench.walls.open(Scope(work.body_id), actor=SYSTEM, purpose=purpose, at=at) as unit:
        mail = make(unit, work.subject, address)
    if mail is None:
        return
    error = _sent(bench, *mail)
    with bench.walls.open(Scope(work.body_id), actor=SYSTEM, purpose=purpose, at=at) as unit:
        came_to(unit, work.subject, error)
    if error:
        raise MailFailed(error)


def mail_invitation(bench: Bench, work: ClaimedWork, at: datetime) -> None:
    with bench.walls.directory() as directory:
        body = directory.body_by_id(work.body_id)
    with bench.walls.open(Scope(work.body_id), actor=SYSTEM, purpose="send an invitation", at=at) as unit:
        mail = invitations.invitation_mail(unit, work.subject, body.name if body else "", bench.public_url)
    if mail is None:
        return
    error = _sent(bench, *mail)
    with bench.walls.open(Scope(work.body_id), actor=SYSTEM, purpose="send an invitation", at=at) as unit:
        invitations.invitation_mail_came_to(unit, work.subject, error)
    if error:
        raise MailFailed(error)


def mail_account(bench: Bench, work: ClaimedWork, at: datetime) -> None:
    """An e-mail to a person about their own account: the one kind of work that has no body."""
    mail = links.account_mail(bench.walls, work.subject, bench.public_url)
    if mail is None:
        return
    error = _sent(bench, *mail)
    links.mail_came_to(bench.walls, work.subject, error)
    if error:
        raise MailFailed(error)


def rehearse(bench: Bench, work: ClaimedWork, at: datetime) -> None:
    """A draft over past verdicts, some cases a transaction, so that it can be watched and stopped. Killed, it begins anew."""
    scope, run_id = Scope(work.body_id), work.subject

    def unit() -> AbstractContextManager[Unit]:
        return bench.walls.open(scope, actor=SYSTEM, purpose="try a draft over past cases", at=at)

    with unit() as opened:
        begun = rehearsal.begin_run(opened, run_id)
    if begun is None:
        return
    draft, known = begun
    stops = [False]

    def past() -> Iterator[PastVerdict]:
        after: UUID | None = None
        while True:
            with unit() as opened:
                some, after = rehearsal.some_past(opened, after, EVERY)
            yield from some
            if after is None:
                return

    def noted(done: int) -> None:
        with unit() as opened:
            stops[0] = rehearsal.note_progress(opened, run_id, done)

    _, governs, _ = bench.governance.pin(known, at.astimezone(LONDON).date())
    result = None
    try:
        result = replay(bench.governance, governs, draft, past(), stop=lambda: stops[0], progress=noted)
    except ThreefoldError as error:  # the draft has something to mend: its own page says what
        log.info("rehearsal_not_done", error=type(error).__name__)
    with unit() as opened:
        rehearsal.end_run(opened, run_id, result)


def seal_audit(bench: Bench, work: ClaimedWork, at: datetime) -> None:
    """Seal what is committed, some entries a transaction, anchor the end, and write down what was sealed where the operator wants that.

    Killed half-way, it is done on from there.
    """
    scope = Scope(work.body_id)
    while True:
        with bench.walls.open(scope, actor=SYSTEM, purpose="seal the audit", at=at) as unit:
            sealed = seal_some(unit)
        if sealed < BATCH:
            break
    with bench.walls.open(scope, actor=SYSTEM, purpose="anchor the audit", at=at) as unit:
        head = sealed_until(unit)
    slug = _slug(bench, work.body_id)
    if head and bench.anchors.behind(slug, head.no, at):
        bench.anchors.add(slug, Anchor(at, head.no, head.mac))
    if bench.audit_lines:
        try:
            bench.audit_lines.write(slug, lambda: bench.walls.open(scope, actor=SYSTEM, purpose="write down the audit", at=at))
        except (OSError, ValueError) as error:  # a full disk keeps nothing from being sealed: the next sealing tries again
            log.error("audit_not_written", body=str(work.body_id), error=type(error).__name__)


def check_audit(bench: Bench, work: ClaimedWork, at: datetime) -> None:
    """Verify a body's whole chain, and note for its own screen what came of it."""

    def opens() -> AbstractContextManager[Unit]:
        return bench.walls.open(Scope(work.body_id), actor=SYSTEM, purpose="verify the audit", at=at)

    with opens() as unit:
        key = bench.walls.audit_key(unit)
    report = verify(opens, key, _slug(bench, work.body_id), bench.anchors)
    for fault in report.faults:
        log.error("audit_fault", body=str(work.body_id), kind=fault.kind, fault=fault.sentence)
    with opens() as unit:
        note_checked(unit, report)


def index_people(bench: Bench, work: ClaimedWork, at: datetime) -> None:
    """Everybody on record who is not in the blind index as it is made today, some a transaction. Killed, it goes on from there."""
    while True:
        with bench.walls.open(Scope(work.body_id), actor=SYSTEM, purpose="index people", at=at) as unit:
            if person_index.index_some(unit) < person_index.BATCH:
                return


def reseal(bench: Bench, work: ClaimedWork, at: datetime) -> None:
    """Seal again under the newest key what an older one sealed, some rows a transaction; not what is only ever added to."""

    def opens() -> AbstractContextManager[Unit]:
        return bench.walls.open(Scope(work.body_id), actor=SYSTEM, purpose="seal again under a newer key", at=at)

    bench.walls.forget_keys()
    came = reseal_all(opens, also_added_to=False)
    for table, count in came.broken.items():
        log.error("sealed_values_do_not_open", body=str(work.body_id), table=table, count=count)


def make_export(bench: Bench, work: ClaimedWork, at: datetime) -> None:
    """Everything of a body as one file, of one moment. Killed, it begins anew; two who make it at once do not."""
    scope = Scope(work.body_id)
    with bench.walls.directory() as directory:
        body = directory.body_by_id(work.body_id)
    with bench.walls.open(scope, actor=SYSTEM, purpose="take everything out", at=at) as unit:
        begun = exporting.begin_export(unit, work.subject)
    if not begun or body is None:
        return
    try:
        with bench.walls.open(scope, actor=SYSTEM, purpose="take everything out", at=at) as unit:
            exporting.at_one_moment(unit)
            came = exporting.make_export(unit, work.subject, body.slug, body.name, bench.anchors.folder / f"{body.slug}.txt")
        if came is not None:
            with bench.walls.open(scope, actor=SYSTEM, purpose="take everything out", at=at) as unit:
                exporting.export_ready(unit, work.subject, came)
    except BaseException:
        with bench.walls.open(scope, actor=SYSTEM, purpose="take everything out", at=at) as unit:
            exporting.export_failed(unit, work.subject, for_good=work.attempts > len(PAUSES))
        raise


def expire_export(bench: Bench, work: ClaimedWork, at: datetime) -> None:
    with bench.walls.open(Scope(work.body_id), actor=SYSTEM, purpose="take an export away", at=at) as unit:
        exporting.expire_export(unit, work.subject)


def let_requests_go(bench: Bench, work: ClaimedWork, at: datetime) -> None:
    end_requests(bench.walls, bench.governance, work.body_id, at)


def end_forms(bench: Bench, work: ClaimedWork, at: datetime) -> None:
    with bench.walls.open(Scope(work.body_id), actor=SYSTEM, purpose="end half-written forms", at=at) as unit:
        half_written.end_over(unit)


class MailFailed(Exception):
    """An e-mail could not be sent."""


def _sent(bench: Bench, to: str, subject: str, text: str) -> str:
    try:
        bench.send_mail(to, subject, text)
    except (OSError, smtplib.SMTPException) as error:
        return f"The email could not be sent ({type(error).__name__})."
    return ""


def _slug(bench: Bench, body_id: UUID) -> str:
    with bench.walls.directory() as directory:
        body = directory.body_by_id(body_id)
    return body.slug if body else ""


def _address(bench: Bench, body_id: UUID) -> str:
    return f"{bench.public_url.rstrip('/')}/b/{_slug(bench, body_id)}"


KINDS: dict[str, Callable[[Bench, ClaimedWork, datetime], None]] = {
    "deliver": deliver, "take_in": take_in, "remind": remind, "mail_reminder": mail_reminder, "mail_request": mail_request,
    "mail_signature_reminder": mail_signature_reminder, "mail_subject_reminder": mail_subject_reminder, "mail_notice": mail_notice,
    "rehearse": rehearse, "seal_audit": seal_audit, "check_audit": check_audit,
    "index_people": index_people, "reseal": reseal, "make_export": make_export, "expire_export": expire_export,
    "end_requests": let_requests_go, "end_forms": end_forms,
    "mail_invitation": mail_invitation, "mail_account": mail_account,
}  # fmt: skip
