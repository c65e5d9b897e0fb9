from datetime import datetime
from enum import Enum
from typing import Annotated, Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

Id = Annotated[int, mapped_column(sa.BigInteger, sa.Identity(), primary_key=True)]
Minor = Annotated[int, mapped_column(sa.BigInteger)]
CreatedAt = Annotated[datetime, mapped_column(server_default=sa.func.now())]
PublicId = Annotated[str, mapped_column(sa.Text, unique=True)]
Currency = Annotated[str, mapped_column(sa.CHAR(3))]


def choice(kind: type[Enum]) -> sa.Enum:
    """Text with a CHECK, not a native enum: a new value is one ALTER of a constraint."""
    return sa.Enum(
        kind,
        native_enum=False,
        create_constraint=True,
        length=30,
        name=kind.__name__.lower(),
        values_callable=lambda values: [value.value for value in values],
    )


def belongs_to(parent: str, column: str, **options: Any) -> sa.ForeignKeyConstraint:
    """A foreign key that carries the organisation, so that no child can have another one than its parent."""
    return sa.ForeignKeyConstraint(
        ["organisation_id", column], [f"{parent}.organisation_id", f"{parent}.id"], **options
    )


class OfOrganisation:
    """Every row below an organisation names it; `uq (organisation_id, id)` is what children point at."""

    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisations.id"))


def own_key() -> sa.UniqueConstraint:
    return sa.UniqueConstraint("organisation_id", "id")
