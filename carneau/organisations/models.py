from sqlalchemy.orm import Mapped, mapped_column

from carneau.core.columns import CreatedAt, Id
from carneau.core.db import Model


class Organisation(Model):
    __tablename__ = "organisations"

    id: Mapped[Id]
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    email: Mapped[str]
    imprint: Mapped[str] = mapped_column(server_default="")
    created_at: Mapped[CreatedAt]
