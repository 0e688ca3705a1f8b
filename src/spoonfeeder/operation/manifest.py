"""What a backup says of itself, at its beginning."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from spoonfeeder.operation.errors import ArchiveDamaged, OperationRefused

FORMAT = 1


class Part(StrEnum):
    """Where something is: in the archive, left out on wish, or kept elsewhere (a bucket, the environment)."""

    INCLUDED = "included"
    LEFT_OUT = "left_out"
    ELSEWHERE = "elsewhere"


TableName = Annotated[str, Field(pattern=r"^[a-z_][a-z0-9_]*$")]


class TableSum(BaseModel):
    """Rows of a table and the sum of their hashes, by which two tables are equal whatever the order."""

    rows: int
    hash: str = Field(pattern=r"^[0-9]+$")


class Manifest(BaseModel):
    """`canary` is cipher text of a word that everybody knows: it opens with the right keys only."""

    model_config = ConfigDict(extra="ignore")

    format: Literal[1] = 1
    created_at: datetime
    version: str
    schema_revision: str
    postgres_version: str
    dump_major: int
    tables: dict[TableName, TableSum]
    media: Part
    media_files: int
    media_bytes: int
    keys: Part
    canary: str | None


class _Front(BaseModel):
    format: int


def read_manifest(content: bytes) -> Manifest:
    """Raises ArchiveDamaged, OperationRefused for a format that this version does not know."""
    try:
        if _Front.model_validate_json(content).format != FORMAT:
            raise OperationRefused("This backup was made by a newer version of Spoon Feeder; restore it with that one.")
        return Manifest.model_validate_json(content)
    except ValidationError:
        raise ArchiveDamaged("The front page of this backup (backup.json) cannot be read.") from None
