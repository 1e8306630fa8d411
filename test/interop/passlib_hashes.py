"""Password hashes as a Frappe site makes them, by passlib. Reads passwords as a JSON list, writes a list of hashes for each."""

import json
import sys

from passlib.hash import mysql41, pbkdf2_sha256


class FrappeLegacy(pbkdf2_sha256):
    """The older form: PBKDF2 over the hash that MySQL made of password and salt."""

    name = "frappe_legacy"
    ident = "$frappel$"

    def _calc_checksum(self, secret):
        return super()._calc_checksum(mysql41.hash(secret + self.salt.decode()))


def hashes(password):
    return [
        pbkdf2_sha256.hash(password),
        pbkdf2_sha256.using(rounds=20000, salt_size=32).hash(password),
        pbkdf2_sha256.using(rounds=1, salt_size=1).hash(password),
        pbkdf2_sha256.using(rounds=100000).hash(password),
        FrappeLegacy.using(salt=b"5f1b3c9a2e").hash(password),
    ]


json.dump([hashes(password) for password in json.load(sys.stdin)], sys.stdout)
