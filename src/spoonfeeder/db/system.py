"""Values of the installation itself, such as the canary of the encryption key (R34)."""

from sqlalchemy.orm import Mapped, mapped_column

from spoonfeeder.db.base import Base, LongText, Str255, Updated


class SystemValue(Updated, Base):
    __tablename__ = "system_values"

    key: Mapped[Str255] = mapped_column(primary_key=True)
    value: Mapped[LongText]
