"""The type of the events that this package parses."""

from collections.abc import Mapping
from typing import TypeAlias

from pydantic import BaseModel

EventLike: TypeAlias = Mapping[str, object] | BaseModel
"""An event, or a part of one: a dictionary, or the class or model of it in aws-lambda-powertools."""
