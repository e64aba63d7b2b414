"""``python -m bot.authoring [FOLDER]``."""

import sys

from bot.authoring.check import main

sys.exit(main(sys.argv[1:]))
