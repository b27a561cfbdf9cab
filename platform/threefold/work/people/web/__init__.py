"""What every page stands on, and the pages of people themselves.

A capability's web part imports from here: `page`, `Visit`, `render`, `Form`, `fill`, the kinds of fields, navigation.
"""

from threefold.work.people.web.errors import answers_with
from threefold.work.people.web.fields import (
    choice,
    choices,
    day,
    email,
    file,
    long_text,
    moment,
    secret,
    text,
    whole_number,
    yes_no_unclear,
)
from threefold.work.people.web.forms import Filled, Form, asked, fill
from threefold.work.people.web.from_email import FromEmail, ask_for_code, secret_in, told_alike
from threefold.work.people.web.limits import limit_links
from threefold.work.people.web.render import add_navigation, render
from threefold.work.people.web.services import Services, services
from threefold.work.people.web.uploads import note_document, note_file, scans, take_document, take_file
from threefold.work.people.web.visits import Visit, current_visit, note_refusal, page, public_page, takes_a_document

# The pages come last: they stand on all of the above.
from threefold.work.people.web.pages import blueprint  # isort: skip
from threefold.work.people.web import (
    account,
    invitation,
    new_password,
    not_sent,
    people_of_body,
    provider,
    provider_sign_out,
    set_up,
    signing_in,
)  # isort: skip

__all__ = [
    "Filled", "Form", "FromEmail", "Services", "Visit", "add_navigation", "answers_with", "ask_for_code", "asked", "blueprint", "choice", "choices", "current_visit", "day", "email", "file",
    "fill", "limit_links", "long_text", "moment", "note_document", "note_file", "note_refusal", "page", "public_page", "render", "scans", "secret", "secret_in", "services", "take_document", "take_file", "takes_a_document", "text", "told_alike", "whole_number",
    "yes_no_unclear", "account", "invitation", "new_password", "not_sent", "people_of_body", "provider", "provider_sign_out", "set_up", "signing_in",
]  # fmt: skip
