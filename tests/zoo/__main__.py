"""`python -m tests.zoo`: the table of misbehaviours and how a harvest of each ends."""

import sys

from tests.zoo.table import main

sys.exit(main())
