"""The simulated WhatsApp: phones, Meta's webhooks and Meta's Graph API, over real HTTP on 127.0.0.1. It needs
nothing of Cuadra behind its webhook.

book.py       the record: who wrote what to whom, when; on disk; states saved by name
switches.py   how it is told to misbehave
errors.py     Meta's error codes
graph.py      the Graph endpoints that businesses call
delivery.py   webhooks: signed, delivered, redelivered
control.py    `/_sim`: what phones do, and everything that happened (for the page, `send`, tests and benches)
events.py     `/_sim/trigger`: makes happen at once what seldom happens; fixtures/ has a message of every type
              and a webhook of every field
client.py     the same by commands

python -m infra.local.whatsapp --webhook URL [--secret SECRET]
python -m infra.local.whatsapp trigger EVENT
"""
