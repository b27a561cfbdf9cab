"""Who may do what with records: the acts the pages ask for, declared beside the stories."""

from __future__ import annotations

from threefold.work.people.access import CASE_ROLES, declare
from threefold.work.records.stories import MANAGING, SEEING
from threefold.work.records.stories.exporting import AGREEING, ASKING

SEE = declare("see how long records are kept", SEEING).act
CLOSE = declare("close a case", MANAGING).act
HOLD = declare("put or lift a legal hold", MANAGING).act
REVIEW = declare("review the records of a case", MANAGING).act
DECIDE = declare("decide what becomes of records", SEEING).act
SEE_EXPORTS = declare("see what was taken out of the body", ASKING | AGREEING).act
CERTIFICATE = declare("see a certificate of destruction", CASE_ROLES).act
ANSWER = declare("answer a subject access request", MANAGING).act
