/** Step 3: the metadata of the authorization server, at all its well-known addresses (RFC 8414, OpenID Connect Discovery). */
import { CLIENT_AUTH_METHODS } from '../../../protocol/authentication-method.ts';
import { AUTHORIZATION_CODE, REFRESH_TOKEN } from '../../../protocol/grant-type.ts';
import { metadataKindOf, metadataUrls } from '../../../protocol/server-metadata.ts';
import { withoutSlash } from '../../../protocol/without-slash.ts';
import { checkClocks } from '../clocks.ts';
import type { Metadata } from '../knowledge.ts';
import { describe, isJsonType, objectOf, type ProbeResponse } from '../probe.ts';
import { isUnusable, type Walk } from '../walk.ts';

export async function checkServerMetadata(walk: Walk): Promise<undefined> {
  const issuer = walk.known.issuer ?? new URL('/', walk.url).href;
  const document = await findDocument(walk, issuer);
  if (!document) return;
  walk.known.server = document;
  walk.known.issuer = issuer;
  checkIssuer(walk, document.issuer, issuer);
  for (const name of ['authorization_endpoint', 'token_endpoint'] as const) checkEndpoint(walk, document, name);
  checkCapabilities(walk, document);
  checkPkce(walk, document.code_challenge_methods_supported);
  checkOpenid(walk, document);
  await checkKeys(walk, document.jwks_uri);
  await compareDocuments(walk, issuer);
  checkClocks(walk);
}

const at = ({ known }: Walk) => known.serverDocumentUrl ?? '';

const addressesFor = (walk: Walk, issuer: string) =>
  metadataUrls(issuer).filter(
    (address) =>
      walk.profile.documents === 'oauth and openid' || metadataKindOf(address) === 'oauth-authorization-server',
  );

/** The first document: clients go on to the next address after 4xx only. */
async function findDocument(walk: Walk, issuer: string): Promise<Metadata | undefined> {
  const missing: string[] = [];
  for (const address of addressesFor(walk, issuer)) {
    const answer = await walk.get(address, { 'MCP-Protocol-Version': walk.profile.revision });
    if (!answer) return undefined;
    if (answer.status < 400 || answer.status >= 500) return read(walk, answer);
    missing.push(describe(answer));
    if (answer.status === 401 || answer.status === 403) {
      walk.found('server-metadata-refused', describe(answer));
      return undefined;
    }
  }
  const isOld = walk.profile.discovery === 'origin';
  walk.found(isOld ? 'no-metadata-at-origin' : 'server-metadata-not-found', missing.join('; '));
  return undefined;
}

function read(walk: Walk, answer: ProbeResponse): Metadata | undefined {
  if (isUnusable(walk, answer)) return undefined;
  const document = objectOf(answer);
  if (answer.status !== 200 || !document || !isJsonType(answer)) {
    walk.found('server-metadata-not-json', `${describe(answer)}: ${answer.body.slice(0, 80)}`);
    return undefined;
  }
  walk.known.serverDocumentUrl = answer.url;
  return document;
}

function checkIssuer(walk: Walk, named: unknown, expected: string): void {
  // An old client has not read an issuer that it could compare.
  if (named === expected || walk.known.resource === undefined) return;
  const seen = `${at(walk)}: issuer is ${JSON.stringify(named) ?? 'missing'}, authorization_servers says "${expected}"`;
  const isSlash = typeof named === 'string' && withoutSlash(named) === withoutSlash(expected);
  walk.found(isSlash ? 'issuer-differs-by-slash' : 'issuer-differs', seen);
}

function checkEndpoint(walk: Walk, document: Metadata, name: string): void {
  const value = document[name];
  if (typeof value !== 'string' || !/^https?:\/\//.test(value) || !URL.canParse(value)) {
    walk.found('endpoint-missing', `${at(walk)}: ${name} is ${JSON.stringify(value) ?? 'missing'}`);
    return;
  }
  const isSecure = value.startsWith('https:') || walk.url.startsWith('http:');
  if (!isSecure) walk.found('endpoint-not-https', `${at(walk)}: ${name} is "${value}"`);
}

/** RFC 8414 §2: the members with which a client decides that it can use the server. */
function checkCapabilities(walk: Walk, document: Metadata): void {
  const seen = (name: string) => `${at(walk)}: ${name} is ${JSON.stringify(document[name]) ?? 'missing'}`;
  const lists = (name: string, value: string) => {
    const list = document[name];
    return Array.isArray(list) && list.includes(value);
  };
  if (!lists('response_types_supported', 'code'))
    walk.found('response-type-code-missing', seen('response_types_supported'));
  const grants = 'grant_types_supported';
  if (document[grants] !== undefined && !lists(grants, AUTHORIZATION_CODE))
    walk.found('authorization-code-not-supported', seen(grants));
  else if (document[grants] !== undefined && !lists(grants, REFRESH_TOKEN))
    walk.found('refresh-token-not-supported', seen(grants));
  const methods = 'token_endpoint_auth_methods_supported';
  if (document[methods] !== undefined && !CLIENT_AUTH_METHODS.some((method) => lists(methods, method)))
    walk.found('auth-methods', seen(methods));
  if (document.authorization_response_iss_parameter_supported !== true)
    walk.found('iss-not-advertised', seen('authorization_response_iss_parameter_supported'));
}

function checkPkce(walk: Walk, methods: unknown): void {
  const seen = `${at(walk)}: code_challenge_methods_supported is ${JSON.stringify(methods) ?? 'missing'}`;
  if (!Array.isArray(methods)) walk.found('pkce-not-advertised', seen);
  else if (!methods.includes('S256')) walk.found('pkce-without-s256', seen);
}

/** SDKs parse this document whole: a member that is required and missing makes it unusable. */
function checkOpenid(walk: Walk, document: Metadata): void {
  if (metadataKindOf(at(walk)) !== 'openid-configuration') return;
  const required = ['jwks_uri', 'subject_types_supported', 'id_token_signing_alg_values_supported'];
  const missing = required.filter((name) => document[name] === undefined);
  if (missing.length > 0) walk.found('openid-members-missing', `${at(walk)}: ${missing.join(', ')} missing`);
}

async function checkKeys(walk: Walk, address: unknown): Promise<void> {
  if (typeof address !== 'string' || !URL.canParse(address)) return;
  const answer = await walk.get(address);
  if (!answer) return;
  const keys = objectOf(answer)?.keys;
  if (answer.status !== 200 || !Array.isArray(keys) || keys.length === 0)
    walk.found('jwks-unusable', `${describe(answer)}: ${answer.body.slice(0, 80)}`);
}

/** Members in which the documents of one issuer must not differ: clients choose different ones. */
const COMPARED = ['issuer', 'authorization_endpoint', 'token_endpoint', 'registration_endpoint'];

async function compareDocuments(walk: Walk, issuer: string): Promise<void> {
  for (const address of metadataUrls(issuer).filter((each) => each !== at(walk))) {
    const sending = { method: 'GET', headers: { Accept: 'application/json' } };
    const answer = await walk.send(address, sending).catch(() => undefined);
    const other = answer?.status === 200 && isJsonType(answer) ? objectOf(answer) : undefined;
    if (!other) continue;
    const different = COMPARED.filter((name) => other[name] !== walk.known.server?.[name]);
    if (different.length > 0)
      walk.found('forms-differ', `${at(walk)} and ${address} differ in ${different.join(', ')}`);
  }
}
