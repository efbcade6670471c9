"""The promises under fire: the whole stack over HTTP, killed at every step, its services and readers broken,
compared with the phones' own record.

traffic.py    who sends what, and its truth
outages.py    how each service fails or hangs
readers.py    how each reader fails: opener and OCR killed, a model that is down or lies
people.py     changes of number, and purges
shared.py     an accountant in ten businesses, a helper in two
release.py    functions that are replaced by other code
again.py      the calls of Graph that were made again: their causes, and the receipts that were there
truths.py     what an answer states of a file, against what the file is
totals.py     what a run counts, and what was sent and done in it
messages.py   what a message in a phone's record tells
order.py      whether answers came in the order that was owed
attempts.py   whether a file that was answered with our failure could have been read
verdict.py    what the phones, the rows and the objects say afterwards
run.py        the run: kills under traffic, outages, readers, people, releases, settling, redelivery

python -m bench.chaos [--kills 200] [--seed N] [--senders 20] [--messages 10]
"""
