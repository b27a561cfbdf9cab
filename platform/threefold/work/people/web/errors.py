"""Which answer a typed error gets. A capability adds its own with `answers_with`, beside its blueprint."""

from __future__ import annotations

from threefold.domain.clashes import SaidMeanwhile
from threefold.domain.errors import ThreefoldError
from threefold.walls.key_services import KeyServiceUnavailable
from threefold.walls.refusals import TryAgain
from threefold.walls.sealed import ContentDestroyed, KeysDestroyed
from threefold.walls.session import StaffSessionOver
from threefold.work.people.access import Forbidden, NotForStaff, NotHere
from threefold.work.people.own_cases import NotOwnCase
from threefold.work.people.sign_in import SignInEnded
from threefold.work.people.web.limits import TooMuchRead


class SignInNeeded(ThreefoldError):
    """Nobody is signed in, or no longer."""

    def __init__(self) -> None:
        super().__init__("Sign in to continue.")


class ConfirmNeeded(ThreefoldError):
    """The act is a signature, an export or a change of how one signs in: the person shows again who they are."""

    def __init__(self) -> None:
        super().__init__(
            "Confirm that it is you: sign in again, with your second step if you have one, within the last 10 minutes."
        )


class Elsewhere(ConfirmNeeded):
    """The sign-in goes on from another browser or network than those in which its person showed who they are."""

    def __init__(self) -> None:
        ThreefoldError.__init__(
            self,
            "This sign-in goes on from another browser or network than before. Confirm that it is you: sign in again, with your second "
            "step if you have one.",
        )


_STATUSES: dict[type[ThreefoldError], int] = {
    NotHere: 404,
    StaffSessionOver: 404,
    Forbidden: 403,
    NotForStaff: 403,
    NotOwnCase: 403,
    SignInNeeded: 401,
    SignInEnded: 401,
    ConfirmNeeded: 403,
    TryAgain: 409,
    SaidMeanwhile: 409,
    TooMuchRead: 429,
    KeysDestroyed: 410,
    ContentDestroyed: 410,
    KeyServiceUnavailable: 503,
}


def answers_with(error: type[ThreefoldError], status: int) -> None:
    """Say with which HTTP status an error class is answered: 404 not here, 410 gone for good, 403 not yours, 409 changed meanwhile, else 422."""
    _STATUSES[error] = status


def status_of(error: ThreefoldError) -> int:
    """The status of the nearest class that has one; 422 for any other mistake a person can mend."""
    return next((_STATUSES[kind] for kind in type(error).__mro__ if kind in _STATUSES), 422)


def ends_the_page(error: ThreefoldError) -> bool:
    """Whether an error is about the page as a whole, so that no form may show it beside a field."""
    return status_of(error) in (401, 403, 404, 410, 503)
