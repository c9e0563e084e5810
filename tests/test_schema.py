"""The API's schema is valid OpenAPI, made without a warning, and names every public address."""

from io import StringIO

import pytest
import yaml
from django.core.management import call_command
from openapi_spec_validator import validate


@pytest.fixture(scope="module")
def schema():
    out = StringIO()
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=out)
    return yaml.safe_load(out.getvalue())


PUBLIC = [
    ("/api/v1/tokens/", "post"),
    ("/api/v1/attempts/", "post"),
    ("/api/v1/attempts/{attempt_id}/", "get"),
    ("/api/v1/attempts/{attempt_id}/answers/{position}/", "put"),
    ("/api/v1/attempts/{attempt_id}/submit/", "post"),
    ("/api/v1/attempts/{attempt_id}/result/", "get"),
    ("/api/v1/weakness/", "get"),
    ("/api/v1/readiness/", "get"),
    ("/api/v1/mistakes/", "get"),
    ("/api/v1/plan/", "get"),
    ("/api/v1/plan/", "patch"),
    ("/api/v1/plan/blocks/{block_id}/complete/", "post"),
    ("/api/v1/plan/revisions/", "get"),
    ("/api/v1/cohorts/", "get"),
    ("/api/v1/cohorts/{cohort_id}/", "get"),
    ("/api/v1/cohorts/{cohort_id}/candidates/{candidate_id}/report/", "get"),
]


def test_schema_is_valid(schema):
    validate(schema)


@pytest.mark.parametrize(("address", "method"), PUBLIC)
def test_public_address_is_in_the_schema(schema, address, method):
    assert method in schema["paths"].get(address, {})
