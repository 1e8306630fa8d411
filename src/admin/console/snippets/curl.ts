/** Snippets for curl: docs/how-to/web-application.md and docs/how-to/grants-without-a-browser.md. */
import { ENDPOINTS } from '../../../protocol/endpoints.ts';
import { CLIENT_CREDENTIALS, DEVICE_CODE } from '../../../protocol/grant-type.ts';
import { authenticationOf, redirectOf, type Snippet, type SnippetValues, snippetScopes } from './snippet.ts';

/** A text as one word of a shell. */
const word = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

const READ_SECRET = "read -rsp 'Client secret: ' CLIENT_SECRET; echo\n";

/** The lines before the requests, and the options that authenticate each. */
function authenticated({ clientId, metadata }: SnippetValues) {
  const id = word(clientId);
  const ways = {
    none: { before: '', options: `-d client_id=${id}` },
    basic: { before: READ_SECRET, options: `-u ${id}:"$CLIENT_SECRET"` },
    post: {
      before: READ_SECRET,
      options: `-d client_id=${id} --data-urlencode client_secret="$CLIENT_SECRET"`,
    },
    key: undefined,
  };
  return ways[authenticationOf(metadata)];
}

const named = (text: string): Snippet => ({ name: 'curl', where: 'sh', text });

/** The authorization code flow; undefined where curl cannot authenticate the client. */
export function curlCode(values: SnippetValues): Snippet | undefined {
  const { issuer, clientId, metadata } = values;
  const { before, options } = authenticated(values) ?? {};
  if (options === undefined) return undefined;
  const redirectUri = redirectOf(metadata);
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUri,
    scope: snippetScopes(metadata),
    state: 'a-state',
    code_challenge_method: 'S256',
  });
  return named(`${before}urlsafe() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }
VERIFIER=$(openssl rand 32 | urlsafe)
CHALLENGE=$(printf %s "$VERIFIER" | openssl dgst -sha256 -binary | urlsafe)
echo ${word(`${issuer}${ENDPOINTS.authorization_endpoint}?${query}`)}"&code_challenge=$CHALLENGE"

# Sign in at that address. The redirect URI gets the code, as a parameter.
read -rp 'Code: ' CODE
curl -sSf ${word(issuer + ENDPOINTS.token_endpoint)} ${options} \\
  -d grant_type=authorization_code -d "code=$CODE" -d "code_verifier=$VERIFIER" \\
  --data-urlencode redirect_uri=${word(redirectUri)}
`);
}

export function curlDevice(values: SnippetValues): Snippet | undefined {
  const { issuer, metadata } = values;
  const { before, options } = authenticated(values) ?? {};
  if (options === undefined) return undefined;
  return named(`${before}curl -sSf ${word(issuer + ENDPOINTS.device_authorization_endpoint)} ${options} \\
  --data-urlencode scope=${word(snippetScopes(metadata))}

# Show user_code and verification_uri to the user. Then poll, each "interval" seconds:
read -rp 'device_code: ' DEVICE_CODE
curl -sS ${word(issuer + ENDPOINTS.token_endpoint)} ${options} \\
  -d grant_type=${DEVICE_CODE} -d "device_code=$DEVICE_CODE"
`);
}

export function curlService(values: SnippetValues): Snippet | undefined {
  const { issuer, metadata } = values;
  const { before, options } = authenticated(values) ?? {};
  if (options === undefined) return undefined;
  const scope = metadata.scope ? ` \\\n  --data-urlencode scope=${word(metadata.scope)}` : '';
  return named(
    `${before}curl -sSf ${word(issuer + ENDPOINTS.token_endpoint)} ${options} \\\n  -d grant_type=${CLIENT_CREDENTIALS}${scope}\n`,
  );
}
