"""Steps 6 to 9 for one message: from its task to a reply that is ready, whatever crashes on the way.

Every number ends in one reply, a body or void; that is what keeps the sender's lane moving. Each step may be
repeated from any point: the document's row carries a lease, the attempts are counted before the file is
opened, and the results, the reply and the document's end are one transaction.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from functions.whatsapp import files, helpers, people, privacy, texts
from functions.whatsapp.means import Means, Story
from functions.whatsapp.model import Said
from functions.whatsapp.tasks import MessageTask


@dataclass(frozen=True, slots=True)
class Processor(Means):
    """Makes replies ready: texts.py those to messages without a file, files.py those to files."""

    def process(self, task: MessageTask, story: Story) -> None:
        """Bring the message to its reply. Raises Retry, NoPlace and Unwell: nothing is lost, the same task
        comes again.
        """
        with story.step("open"):
            welcome = helpers.WELCOME_TEXT if task.tenant.welcome == "text" else helpers.WELCOME_FILE
            notice = (
                privacy.notice(self.company, self.privacy_url) if self.company and self.privacy_url else None
            )
            opened = self.records.open(task, welcome, notice)
        story.fields |= {"business": str(task.business), "role": task.role} if task.seat else {}
        if opened.purged:
            story.fields["outcome"] = "purged"
        elif opened.answered is not None:
            if opened.answered != task.seq:
                # It was answered by an earlier admission, which the Inbox has forgotten: this number must
                # keep nobody waiting.
                self.records.answer(task, None)
            story.fields["outcome"] = "already_answered"
        elif task.business != task.tenant.id and not self.records.stands(task.business):
            texts.answer(self, task, story, Said(people.GONE))
        elif task.message.kind == "choice":
            texts.tapped(self, task, story)
        elif task.file is None:
            texts.answer(self, task, story)
        else:
            files.read(self, task, task.file, story)

    @contextmanager
    def thread(self, task: MessageTask) -> Iterator[None]:
        """Hold this thread for the task; a task that brings no file may have any thread. Raises NoPlace, at
        once.
        """
        if task.file is None:
            yield
            return
        with self.places.thread(task.tenant.user_id) as had:
            if not had:
                raise self.put_off(task)
            yield
