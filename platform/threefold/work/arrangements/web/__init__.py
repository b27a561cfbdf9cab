"""The arrangement on screen: what is in force, and the change of it that is being prepared."""

from threefold.work.arrangements.web.main import blueprint

# The pages put themselves on the blueprint.
from threefold.work.arrangements.web import conditions, editing, files, preparing, publishing, settling  # isort: skip

__all__ = ["blueprint", "conditions", "editing", "files", "preparing", "publishing", "settling"]
