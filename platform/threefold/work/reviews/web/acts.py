"""Who may do what in a rapid review: the acts the pages ask for, declared beside the stories."""

from __future__ import annotations

from threefold.work.people.access import CASE_ROLES, REVIEWER, declare
from threefold.work.reviews.stories import ACTING, ANSWERING

SEE = declare("see cases", CASE_ROLES).act
ASK = declare("ask agencies", ACTING).act
ANSWER = declare("answer for an agency", ANSWERING).act
SAFETY = declare("record safety actions", ACTING).act
CONSIDER = declare("consider the factors of a review", ACTING | {REVIEWER}).act
GIVE_VIEW = declare("give the view of a seat", CASE_ROLES).act
SIGN = declare("sign a rapid review", CASE_ROLES).act
DECIDE = declare("decide on a local review", ACTING).act
CHOOSE = declare("choose a kind of review", ACTING).act
SEND = declare("send a rapid review", ACTING).act
REPLY = declare("record what the Panel replied", ACTING).act
