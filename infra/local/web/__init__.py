"""The page of the local stack: a chat with the simulated WhatsApp, and what happened behind each message.

routes.py    the page's files, originals, pictures of pages, and its own small API
inside.py    one message's journey, evidence and rows, from log lines and read-only SQL
logs.py      the functions' canonical lines, followed as they are written
picture.py   a page of a document as a picture, made in a disposable child
static/      the page: HTML, CSS, small ES modules and lit-html, served as they are
"""
