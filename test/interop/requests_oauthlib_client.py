"""requests-oauthlib by its defaults: python3 requests_oauthlib_client.py ISSUER CLIENT_ID CLIENT_SECRET"""
import json
import sys

from requests_oauthlib import OAuth2Session

issuer, client_id, client_secret = sys.argv[1:4]
session = OAuth2Session(client_id, redirect_uri="http://localhost:3999/callback", scope=["profile", "offline_access"])
url, _ = session.authorization_url(issuer + "/authorize")
print("authorize " + url, flush=True)
token = session.fetch_token(issuer + "/token", client_secret=client_secret, authorization_response=sys.stdin.readline().strip())
me = session.get(issuer + "/api/me").status_code
refreshed = session.refresh_token(issuer + "/token", auth=(client_id, client_secret))
print(json.dumps({"me": me, "refreshed": refreshed["access_token"] != token["access_token"]}))
