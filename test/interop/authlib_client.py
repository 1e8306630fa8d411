"""authlib by its defaults: python3 authlib_client.py ISSUER CLIENT_ID CLIENT_SECRET"""
import json
import sys

import requests
from authlib.common.security import generate_token
from authlib.integrations.requests_client import OAuth2Session
from authlib.jose import JsonWebKey, jwt

issuer, client_id, client_secret = sys.argv[1:4]
metadata = requests.get(issuer + "/.well-known/openid-configuration").json()
redirect = "http://localhost:3999/callback"
session = OAuth2Session(
    client_id, client_secret, scope="openid offline_access profile", redirect_uri=redirect, code_challenge_method="S256"
)
verifier = generate_token(48)
url, _ = session.create_authorization_url(metadata["authorization_endpoint"], code_verifier=verifier)
print("authorize " + url, flush=True)
token = session.fetch_token(
    metadata["token_endpoint"], authorization_response=sys.stdin.readline().strip(), code_verifier=verifier
)
keys = JsonWebKey.import_key_set(requests.get(metadata["jwks_uri"]).json())
claims = jwt.decode(token["id_token"], keys)
claims.validate()
me = session.get(issuer + "/api/me").status_code
refreshed = session.refresh_token(metadata["token_endpoint"], refresh_token=token["refresh_token"])
print(
    json.dumps(
        {
            "me": me,
            "iss": claims["iss"],
            "redirect": redirect,
            "refreshed": refreshed["access_token"] != token["access_token"],
        }
    )
)
