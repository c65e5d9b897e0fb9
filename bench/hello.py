"""The limit of the machine: Flask that says hello, served as Carneau is served."""

from flask import Flask

app = Flask(__name__)


@app.route("/", methods=["GET", "POST"])
def hello() -> str:
    return "hello"
