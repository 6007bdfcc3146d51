"""The spine: every table of the first release.

The first step makes what repository.tables names; later steps alter it and never go back.
"""

from alembic import op

from repository.tables import metadata

revision = "0001"
down_revision = None


def upgrade() -> None:
    metadata.create_all(op.get_bind())
