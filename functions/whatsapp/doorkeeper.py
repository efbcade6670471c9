"""Lets people into a business and out of it: the answers to what admission did, and to what users ask about
people by chat.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from uuid import UUID

from functions.books.ask import Ask, Intent
from functions.books.ports import Books
from functions.whatsapp import people
from functions.whatsapp.memberships import OPEN_FOR, Memberships, Place
from functions.whatsapp.model import Role, Said, Seat
from functions.whatsapp.onboarding import Admissions, tasks_of
from functions.whatsapp.ports import Queue
from functions.whatsapp.tasks import MessageTask, dump

PEOPLE: frozenset[Intent] = frozenset({"invite", "people", "remove", "leave", "business"})
"""The intents that are answered here."""
TELLS_WHERE: frozenset[Intent] = frozenset({"leave", "business"})
"""Those of `PEOPLE` whose sentence names its business itself."""
_ROLES: dict[str, Role] = {"accountant": "accountant", "helper": "helper"}


@dataclass(frozen=True, slots=True)
class Doorkeeper:
    """Changes and tells who is in a business. `number` gives our number, digits without "+". Raises Unwell as
    the stores do.
    """

    admissions: Admissions
    memberships: Memberships
    books: Books
    queue: Queue
    number: Callable[[], str]

    def admitted(self, task: MessageTask) -> Said | None:
        """Return the answer to a text that admission understood and carried out; None for all others."""
        if task.did is None:
            return None
        if task.did == "joined":
            self._told_of(task)
            return Said(people.joined(self.named(task), task.role))
        if task.did == "switched":
            return Said(people.switched(self.named(task), task.role))
        return Said(people.refused(task.did))

    def answer(self, ask: Ask, task: MessageTask) -> Said | None:
        """Return the answer to one of `PEOPLE`; None for an intent that means nothing from a sender who has
        one business.
        """
        match ask.intent:
            case "invite":
                return self._invite(_ROLES.get(ask.text), task)
            case "people":
                return Said(people.members(self.memberships.members(task.business)))
            case "remove":
                return self._remove(ask.place or 0, task)
            case "leave" if task.seat is not None:
                return self._leave(task)
            case "business" if task.seat is not None:
                return self._business(ask.text, task)
        return None

    def named(self, task: MessageTask) -> str:
        """Return the name of the business that the sender writes for, distinct from the sender's others."""
        return self.called(task, task.business)

    def _invite(self, role: Role | None, task: MessageTask) -> Said:
        if role is None:
            return Said(people.WHICH_ROLE, offer=people.ROLES)
        number, business = self.number(), self.books.business(task.business)
        code = self.memberships.invite(
            task.business, task.tenant.user_id, role, ruc=business.ruc, name=business.name
        )
        return Said(people.invited(role, code, number, self.memberships.clock() + OPEN_FOR))

    def _told_of(self, task: MessageTask) -> None:
        owner = self.memberships.owner(task.business)
        member = next(
            (one for one in self.memberships.members(task.business) if one.user == task.tenant.user_id), None
        )
        if owner and member:
            self._tell(owner, f"joined:{task.message.wamid}", people.came(member))

    def _remove(self, number: int, task: MessageTask) -> Said:
        if number == 1:
            return Said(people.LAST_OWNER)
        found = self.memberships.remove(task.business, number, task.message.wamid)
        if found is None:
            return Said(people.nobody(number))
        business = self.books.business(task.business)
        self._tell(
            found.user,
            f"removed:{task.message.wamid}",
            people.put_out(
                people.exactly(
                    business.name, business.ruc, task.tenant.address.phone or task.tenant.address.bsuid
                )
            ),
        )
        return Said(people.removed(found))

    def _leave(self, task: MessageTask) -> Said | None:
        if task.business == task.tenant.id:
            return Said(people.refused("which"))
        named, owner = self.named(task), self.memberships.owner(task.business)
        mine = next(
            (one for one in self.memberships.members(task.business) if one.user == task.tenant.user_id), None
        )
        found = self.memberships.remove(task.business, mine.number if mine else 0, task.message.wamid)
        if found and owner:
            self._tell(owner, f"left:{task.message.wamid}", people.left(found.address, found.role))
        return Said(people.gone_out(named))

    def _business(self, which: str, task: MessageTask) -> Said:
        found = self.places(task)
        if not which:
            text, offer = people.places(found)
            return Said(text, offer=offer)
        did = self.memberships.choose(task.tenant.user_id, which, task.seq)
        place = next((one for one in self.memberships.places(task.tenant.user_id) if one.active), None)
        if did != "switched" or place is None:
            return Said(people.refused("which"))
        return Said(people.switched(self.called(task, place.tenant), place.role))

    def places(self, task: MessageTask) -> list[Place]:
        """Return the sender's businesses. RUC and name of the sender's own come from the books: the Inbox
        knows them only of owners who invited somebody.
        """
        own, home = self.books.business(task.tenant.id), task.tenant.id
        return [
            replace(one, ruc=own.ruc, name=own.name) if one.tenant == home else one
            for one in self.memberships.places(task.tenant.user_id)
        ]

    def seat(self, task: MessageTask, *, ruc: str | None = None, tenant: UUID | None = None) -> Seat | None:
        """Return the sender's seat in the one of the sender's businesses that has this RUC, or is this
        tenant; None where none or more than one does.
        """
        found = [one for one in self.places(task) if (one.ruc == ruc if ruc else one.tenant == tenant)]
        return Seat(found[0].tenant, found[0].role) if len(found) == 1 else None

    def renamed(self, tenant: UUID) -> None:
        """Show a business to its people under the name and RUC that it has now."""
        business = self.books.business(tenant)
        self.memberships.name(tenant, ruc=business.ruc, name=business.name)

    def called(self, task: MessageTask, tenant: UUID) -> str:
        """Return the name of a business for the sender, distinct from the sender's other businesses."""
        found = self.places(task)
        if here := next((one for one in found if one.tenant == tenant), None):
            return people.called(here, found)
        business = self.books.business(tenant)
        return people.exactly(business.name, business.ruc, self.memberships.owners_address(tenant))

    def apart(self, task: MessageTask) -> str | None:
        """Return what tells the business that the sender writes for from another of the sender's that is
        called alike; None where none is.
        """
        found = self.places(task)
        here = next((one for one in found if one.tenant == task.business), None)
        return people.apart(here, found) if here else None

    def _tell(self, user: UUID, cause: str, text: str) -> None:
        """Give news to a user, enqueued before the answer is written: a crash between the two forgets
        neither, and the cause makes repetitions one.
        """
        admission = self.admissions.tell(user, cause, text)
        if admission is None or admission.seq is None:
            return
        for task in tasks_of(admission):
            self.queue.push(task.name, dump(task))
        self.admissions.mark_enqueued(admission)
