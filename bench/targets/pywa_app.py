"""pywa's Flask webhook with signature validation on and one handler that does nothing, under the functions framework's own gunicorn.

python bench/targets/pywa_app.py PORT SECRET
"""

import sys
from collections import Counter

from flask import Flask
from functions_framework._http.gunicorn import GunicornApplication
from pywa import WhatsApp, types

app = Flask(__name__)
whatsapp = WhatsApp(
    phone_id="106540352242922",
    token="t",
    server=app,
    webhook_endpoint="/webhook/whatsapp",
    verify_token="v",
    app_secret=sys.argv[2],
    validate_updates=True,
)
handled = Counter[str]()


@whatsapp.on_message
def nothing(_: WhatsApp, __: types.Message) -> None:
    handled["messages"] += 1


@app.get("/handled")
def count() -> str:
    return str(handled["messages"])


if __name__ == "__main__":
    GunicornApplication(app, "127.0.0.1", sys.argv[1], False).run()
