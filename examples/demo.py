"""Resolve three users of a pool with the command `cognito-claims`.

Starts moto's HTTP server on loopback, creates a pool with 30 groups with boto3,
and runs `cognito-claims resolve` for each user.
"""

import logging
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import boto3
from moto.server import ThreadedMotoServer

REGION = "eu-west-1"
COMMAND = str(Path(sys.executable).with_name("cognito-claims"))
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "demo",
    "AWS_SECRET_ACCESS_KEY": "demo",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "NO_PROXY": "127.0.0.1",
    "no_proxy": "127.0.0.1",
}


def role(name: str) -> str:
    return f"arn:aws:iam::123456789012:role/{name}"


GROUPS: dict[str, dict[str, Any]] = {
    "admins": {"Precedence": 0, "RoleArn": role("admin")},
    "operators": {"Precedence": 10, "RoleArn": role("operator")},
    "auditors": {"Precedence": 10, "RoleArn": role("auditor")},
    "night-shift": {"Precedence": 20, "RoleArn": role("operator")},
    "beta-testers": {"Precedence": 1},
    "readers": {"RoleArn": role("reader")},
    **{f"team-{n:02}": {"Precedence": 100 + n, "RoleArn": role(f"team-{n % 7}")} for n in range(20)},
    **{f"newsletter-{n}": {} for n in range(4)},
}
USERS = {
    "alice": ("a preferred role", ["team-03", "beta-testers", "admins", "operators", "readers"]),
    "bob": ("a tie", ["auditors", "operators", "night-shift", "team-07"]),
    "carol": ("no role", ["newsletter-0", "newsletter-2"]),
}


def create_pool(endpoint_url: str) -> str:
    client: Any = boto3.client(  # pyright: ignore[reportUnknownMemberType]
        "cognito-idp", region_name=REGION, endpoint_url=endpoint_url
    )
    pool: str = client.create_user_pool(PoolName="demo")["UserPool"]["Id"]
    for name, settings in GROUPS.items():
        client.create_group(UserPoolId=pool, GroupName=name, **settings)
    for username, (_, groups) in USERS.items():
        client.admin_create_user(UserPoolId=pool, Username=username)
        for group in groups:
            client.admin_add_user_to_group(UserPoolId=pool, Username=username, GroupName=group)
    return pool


def main() -> None:
    # The AWS configuration of this machine must not reach the demo.
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    os.environ |= ENVIRONMENT
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # it logs each request
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        endpoint_url = f"http://{host}:{port}"
        pool = create_pool(endpoint_url)
        print(f"A pool of {len(GROUPS)} groups on moto's server: {pool}")
        for username, (kind, groups) in USERS.items():
            print(f"\n{'=' * 78}\n{username}, {kind}: in {len(groups)} groups")
            arguments = ["resolve", "--user-pool-id", pool, "--username", username]
            arguments += ["--region", REGION, "--endpoint-url", endpoint_url]
            print(f"$ cognito-claims {' '.join(arguments)}\n", flush=True)
            subprocess.run([COMMAND, *arguments], check=True)
    finally:
        server.stop()


if __name__ == "__main__":
    main()
