"""All errors of the program as one tree; each class adds what those who catch it need.

CuadraError
├── Unwell                an outside service did not do its part now: the same call may succeed later
├── Gone                  what was asked for does not exist any more
│   └── MediaGone         a file, at Meta (whatsapp/client.py)
├── GraphError            Graph's answer was an error, or there was none (whatsapp/client.py)
├── NotDownloaded         a file's URL did not give it; a fresh URL may (whatsapp/download.py)
├── BadInput              what came is not what it should be: its sender's fault, which no retry mends
│   ├── BrokenBody        a body that did not come as its head announced (infra/body.py)
│   ├── NotAWebhook       a body that is no webhook (whatsapp/payload.py)
│   ├── MediaTooLarge     a file with more bytes than allowed (whatsapp/download.py)
│   ├── UnreadableFile    a file that cannot be opened (extractor/page.py)
│   └── NotAPicture       a page that the local viewer cannot draw (infra/local/web/picture.py)
├── NoAnswer              a reader, or somebody who was asked, gave nothing: no word about the paper
│   ├── OpeningFailed     the opening child (extractor/page.py)
│   ├── OcrFailed         the OCR process (extractor/engines/ocr.py)
│   ├── GeminiFailed      the model (extractor/engines/gemini_reply.py)
│   ├── NotAsked          SUNAT (extractor/witness.py)
│   ├── Broken            a process of ours that closed its pipe or spoke nonsense (extractor/process.py)
│   └── Late              a process of ours that did not answer in time (extractor/process.py)
├── ComeAgain             a task is to be tried again
│   ├── Retry             after the queue's own pause (whatsapp/means.py)
│   └── NoPlace           when a place to read is free (whatsapp/means.py)
├── CannotRun             a process or a command cannot work as it is set up: a sentence for operators
│   ├── SettingsError     a setting is missing or invalid (infra/settings.py)
│   ├── WrongWeights      the second reader's weights are not those of the record (extractor/learned/network.py)
│   ├── TargetError       a deployment lacks something (infra/ops/target.py)
│   ├── PostgresFailed    the local server did not start (infra/local/postgres.py)
│   └── NotStarted        the local stack does not run (infra/local/stack.py)
├── NotChecked            the doctor had nothing to look at (infra/ops/doctor.py)
├── NotFound              an operator asked for a document that is not there (infra/ops/story.py)
└── Refused               an operator's command would do what it should not (infra/ops/story.py)
"""


class CuadraError(Exception):
    """The base of all that the program raises on purpose."""


class Unwell(CuadraError):
    """An outside service did not do its part now; the same call may succeed later. The message names the
    service.
    """


class Gone(CuadraError):
    """What was asked for does not exist any more and never will again."""


class BadInput(CuadraError):
    """What came is not what it should be. Its sender is told; no operator is woken and nothing is tried
    again.
    """


class NoAnswer(CuadraError):
    """A reader, or somebody who was asked, gave nothing. That says nothing about the paper."""


class ComeAgain(CuadraError):
    """A task is to be tried again."""


class CannotRun(CuadraError):
    """A process or a command cannot do its work as it is set up; the message is a sentence for operators."""
