"""What stands behind haikei's items in a menu that the tracker asks for itself: drafts' outcomes, new rounds, and why there is no draft."""

from collections.abc import Mapping

from integration.studio import Studio
from integration.tracker.menu import MenuCall, MenuItem, MenuReply
from integration.workflow import menu_outcome, menu_round, menu_why, menu_words
from integration.workflow.menu_roster import Roster
from integration.workflow.outcome_by_menu import drafts_selected

MOST_SELECTED = 20
"""Most things of one kind that an item is offered for."""

OUTCOME, ROUND, WHY = "outcome", "new_round", "why"
_OUTCOME = MenuItem(name=OUTCOME, label=menu_words.OUTCOME_ITEM.both)
_ROUND = MenuItem(name=ROUND, label=menu_words.ROUND_ITEM.both)
_WHY = MenuItem(name=WHY, label=menu_words.WHY_ITEM.both)


class WorkflowDesk:
    """The desk of one studio, satisfying `MenuDesk`. May be used by many threads."""

    def __init__(self, studio: Studio) -> None:
        """Prepare; until `learn` was called, only items are offered that the database alone can tell."""
        self._studio = studio
        self._roster = Roster(studio)

    def learn(self) -> None:
        """Learn anew who may do what, for `items`; called now and then. Raises as `Roster.learn`."""
        self._roster.learn()

    def items(self, call: MenuCall) -> tuple[MenuItem, ...]:
        """See `MenuDesk.items`; asks the database alone."""
        if _too_much(call):
            return ()
        with self._studio.engine.connect() as connection:
            drafts = drafts_selected(connection, self._studio, call)
            standing = {draft.round.key: draft.round for draft in drafts}.values()
            again = menu_round.may_ask_again(connection, self._studio, call)
            offered = (
                (_OUTCOME, any(self._roster.may_speak(connection, each, call.person) for each in standing)),
                (_ROUND, any(self._roster.is_director(each.project, call.person) for each in again)),
                (_WHY, bool(menu_why.obstacles(connection, self._studio, call))),
            )
        return tuple(item for item, applies in offered if applies)

    def choose(self, item: str, call: MenuCall, answers: Mapping[str, str]) -> MenuReply:
        """See `MenuDesk.choose`; who may is asked of the tracker.

        Raises:
            TransientTrackerError: the tracker does not answer.
        """
        if _too_much(call):
            return MenuReply(done=False, message=menu_words.TOO_MUCH.both)
        match item:
            case "outcome":
                return menu_outcome.record_answers(self._studio, call, answers) if answers else menu_outcome.ask_outcome(self._studio, call)
            case "new_round":
                return menu_round.start(self._studio, call, answers) if answers else menu_round.ask_reason(self._studio, call)
            case "why":
                return menu_why.tell_why(self._studio, call)
            case _:
                return MenuReply(done=False, message=menu_words.NO_SUCH_ITEM.both)


def _too_much(call: MenuCall) -> bool:
    return max(len(call.versions), len(call.tasks), len(call.backgrounds)) > MOST_SELECTED
