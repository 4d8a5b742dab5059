"""A stand-in for the AWS CLI: call an operation with boto3, and print the response as the AWS CLI does."""

import json
import sys
from datetime import datetime
from typing import Any

import boto3


def call(service: str, operation: str, *options: str) -> dict[str, Any]:
    """Call an operation. Options come in pairs, such as `--user-pool-id`, `eu-west-1_EXAMPLE`."""
    session: Any = boto3.Session()
    client = session.client(service)
    names = client.meta.method_to_api_mapping
    model = client.meta.service_model.operation_model(names[operation.replace("-", "_")])
    members = {member.lower(): member for member in model.input_shape.members}
    pairs = zip(options[::2], options[1::2], strict=True)
    arguments = {members[option.replace("-", "")]: value for option, value in pairs}
    response: dict[str, Any] = getattr(client, operation.replace("-", "_"))(**arguments)
    del response["ResponseMetadata"]
    return response


if __name__ == "__main__":
    print(json.dumps(call(*sys.argv[1:]), default=datetime.isoformat, indent=4))
