"""Exit 0 when the service named by DATABASE_URL or REDIS_URL answers: `answers.py postgres`, `answers.py redis`."""

from __future__ import annotations

import os
import sys

import environ
import psycopg
import redis


def postgres() -> None:
    wanted = environ.Env.db_url_config(os.environ["DATABASE_URL"])
    # The suite makes databases of its own, so only the server has to be there.
    psycopg.connect(
        host=wanted["HOST"] or None,
        port=wanted["PORT"] or None,
        user=wanted["USER"] or None,
        password=os.environ.get("DATABASE_PASSWORD") or wanted["PASSWORD"] or None,
        dbname="postgres",
        connect_timeout=3,
    ).close()


def redis_server() -> None:
    redis.Redis.from_url(os.environ["REDIS_URL"], socket_connect_timeout=3, socket_timeout=3).ping()


try:
    {"postgres": postgres, "redis": redis_server}[sys.argv[1]]()
except (psycopg.Error, redis.RedisError, ValueError) as error:
    sys.exit(f"{sys.argv[1]} does not answer: {error}")
