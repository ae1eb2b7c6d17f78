"""The configuration of a customer: connector.yaml, read once, checked whole, and frozen."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from pydantic import ValidationError, model_validator

from certify_intacct.model.configuration import lines as yaml_lines
from certify_intacct.model.configuration.company import CompanyConfiguration
from certify_intacct.model.configuration.dimensions import DimensionsConfiguration, needs_entities
from certify_intacct.model.configuration.expense_categories import ExpenseCategories
from certify_intacct.model.configuration.faults import faults_of, place_of, without_nothing
from certify_intacct.model.configuration.notifications import NotificationsConfiguration
from certify_intacct.model.configuration.older_files import moved
from certify_intacct.model.configuration.people import PeopleConfiguration
from certify_intacct.model.configuration.posting import PostingConfiguration
from certify_intacct.model.configuration.quality import QualityConfiguration
from certify_intacct.model.configuration.retention import RetentionConfiguration
from certify_intacct.model.configuration.section import Section
from certify_intacct.model.errors import ConfigurationError

__all__ = [
    "CompanyConfiguration",
    "Configuration",
    "DimensionsConfiguration",
    "PeopleConfiguration",
    "PostingConfiguration",
    "config_path",
    "load",
    "place_of_key",
    "read",
]

CONFIG_VARIABLE = "CONNECTOR_CONFIG"
DEFAULT_CONFIG = Path(__file__).parents[4] / "include" / "connector.yaml"


class Configuration(Section):
    """Everything that connector.yaml says."""

    company: CompanyConfiguration
    dimensions: DimensionsConfiguration = DimensionsConfiguration()
    people: PeopleConfiguration = PeopleConfiguration()
    expense_categories: ExpenseCategories = ExpenseCategories()
    posting: PostingConfiguration
    notifications: NotificationsConfiguration = NotificationsConfiguration()
    quality: QualityConfiguration = QualityConfiguration()
    retention: RetentionConfiguration = RetentionConfiguration()

    @model_validator(mode="after")
    def _staging_outlives_the_audit_trail(self) -> Configuration:
        # That an ID belongs to somebody else by now is only seen in what was read since the deletion.
        days, audited = self.retention.staging_days, self.people.deactivation.audit_days
        if days < audited:
            raise ValueError(
                f"retention.staging_days is {days}, and people.deactivation.audit_days {audited}: staging must be kept as long as "
                "deletions are looked for"
            )
        return self

    @model_validator(mode="after")
    def _entities_or_none(self) -> Configuration:
        none = self.company.entities == "none"
        if faults := list(needs_entities(self.dimensions, none=none)):
            raise ValidationError.from_exception_data("connector.yaml", faults)
        if none and (self.company.intacct_entity or self.posting.posting_entity == "entity"):
            raise ValueError(
                "company.entities is none, and company.intacct_entity or posting.posting_entity names an entity: take one out"
            )
        if self.company.intacct_entity and self.posting.several_entities == "one_document":
            raise ValueError(
                "posting.several_entities: one_document makes documents above entities, and company.intacct_entity works inside one: "
                "take one out"
            )
        return self

    @model_validator(mode="after")
    def _one_gld_one_meaning(self) -> Configuration:
        if faults := list(self.people.gives_the_entity(self.dimensions.entities.certify)):
            raise ValidationError.from_exception_data("connector.yaml", faults)
        return self

    def as_if_ours(self) -> Configuration:
        """The same of a company whose reports are all this connector's to post, whatever posted before it and until when."""
        company = self.company.model_copy(update={"first_post_date": None, "previous_connector": None})
        return self.model_copy(update={"company": company})

    def called_by(self, terms: Mapping[str, str]) -> Configuration:
        """The same with the company's own words for dimensions (``Dimensions.called_by``); it means what it meant."""
        return self.model_copy(update={"dimensions": self.dimensions.called_by(terms)})

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the meaning of the file: comments, order of keys and spelled-out defaults do not change it."""
        content = json.dumps(self.model_dump(mode="json"), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(content.encode()).hexdigest()


def config_path() -> Path:
    """Where connector.yaml lies: ``CONNECTOR_CONFIG``, or ``include/connector.yaml`` of the checkout."""
    return Path(os.environ.get(CONFIG_VARIABLE) or DEFAULT_CONFIG)


def place_of_key(*path: str | int) -> str:
    """Where a key stands: file, line and path, such as ``connector.yaml, line 66, people.sources.0.sync_field``."""
    _, line_of = yaml_lines.read_yaml(config_path().read_text(encoding="utf-8"), str(config_path()))
    return place_of(path, line_of, "connector.yaml")


def load(path: str | Path) -> Configuration:
    """Reads and checks connector.yaml.

    :raises ConfigurationError: names the file, the line, the key's path and what is allowed there, for every fault at once
    """
    where = str(path)
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise ConfigurationError(
            f"The configuration cannot be read: {reason}.",
            where=where,
            cure="Set CONNECTOR_CONFIG to the path of connector.yaml.",
        ) from None
    return read(text, where)


def read(text: str, where: str) -> Configuration:
    """Checks what a connector.yaml says.

    :param where: what a person calls it
    :raises ConfigurationError: as :func:`load`
    """
    data, line_of = yaml_lines.read_yaml(text, where)
    if not isinstance(data, dict):
        raise ConfigurationError(
            "The file must be a mapping of sections.", where=where, cure="Start from include/connector.yaml."
        )
    try:
        return Configuration.model_validate(without_nothing(data))
    except ValidationError as error:
        faults = faults_of(error, Configuration, line_of, where, known_as=moved)
        raise ConfigurationError("\n".join(faults), cure="Correct the file; nothing was started.") from None
