"""The promises under fire: the whole stack over HTTP, killed at every step, its services broken, then compared with the phones' own record.

traffic.py    who sends what, and its truth
outages.py    how each service fails or hangs
again.py      the calls of Graph that were made again: their causes, and the receipts that were there
verdict.py    what the phones, the rows and the objects say afterwards
run.py        the run: kills under traffic, outages, settling, redelivery

python -m bench.chaos [--kills 200] [--seed N] [--senders 20] [--messages 10]
"""
