import sys

from carneau import create_app
from config import Config, UnsafeSettings

try:
    app = create_app(Config.from_env())
except UnsafeSettings as refusal:
    sys.exit(str(refusal))
