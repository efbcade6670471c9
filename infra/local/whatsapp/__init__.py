"""The simulated WhatsApp: phones, Meta's webhooks and Meta's Graph API, over real HTTP on 127.0.0.1.

book.py       the record: who wrote what to whom, when; on disk
switches.py   how it is told to misbehave
graph.py      the Graph endpoints that the functions call
delivery.py   webhooks: signed, delivered, redelivered
control.py    `/_sim`: what phones do, and everything that happened (for the page, `send`, tests and benches)

python -m infra.local.whatsapp --port 8200 --home FOLDER --webhook URL
"""
