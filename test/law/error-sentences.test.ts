/** The law of errors on pages: each sentence that a user may see is one of those that every language has. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MESSAGES } from '../../src/locales/en/messages.ts';

/** Folders whose errors pages show, beside JSON. */
const FOLDERS = [
  'src/accounts',
  'src/authorization-server',
  'src/http',
  'src/oauth-client',
  'src/social-login',
  'src/ui',
];

/** Files there whose errors reach clients, Workers, administrators or the log alone. */
const WITHOUT_PAGES = [
  /\/api\//,
  /^src\/authorization-server\/(introspect|revoke|resources|rpc|token-parameter)\.ts/,
  /^src\/authorization-server\/(token|clients\/authenticate)\//,
  /^src\/authorization-server\/authorize\/par\.ts/,
  /^src\/authorization-server\/clients\/(register|registration-management|logo)\.ts/,
  /^src\/authorization-server\/device\/device-authorization\.ts/,
  /^src\/http\/(api-key-header|bearer-header|dpop|rpc|cors)\.ts/,
  /^src\/http\/outbound\/external-keys\.ts/,
  /^src\/oauth-client\/(api|app-discovery|app-removal|app-server|assertion-grant|authorized-fetch|connections|registration|rpc|server-metadata(-document)?)\.ts/,
  /^src\/oauth-client\/(metadata-document|resource-metadata|connection-revocation|issuer-migration|record-metadata)\.ts/,
  /^src\/social-login\/(discovery|requirements|roles)\.ts/,
  /^src\/ui\/(brand|reference(-page)?)\.tsx?$/,
];

/** Sentences of other files that have none, each with the reason. */
const ELSEWHERE: Record<string, string> = {
  'the body must be application/json.': 'only APIs read JSON',
  'the body is not JSON.': 'only APIs read JSON',
  'the JSON is larger than {1} bytes.': 'only APIs read JSON',
  'the JSON is nested too deeply.': 'only APIs read JSON',
  'the JSON contains a control character.': 'only APIs read JSON',
  'reconnect needed: {1}. The user can do it at {2}': 'the answer of the API; pages and mails show the reason alone',
  'this server is a public client of {1}, without a token of its own: connect it by an assertion.':
    'the answer to Workers; no page is of an app itself',
  'the token could not be refreshed: {1}.': 'the answer of the API; pages show the reason alone',
  'sent more than {1} bytes': 'the host stands before it',
  '{1} {2}': 'joins the host and such a sentence',
  '{1} answered {2}{3}': 'is {1} answered {2}',
  '{1} answered {2}, which is no error of OAuth{3}': 'what follows is quoted',
  '{1} sent an answer that cannot be used: {2} without {3}{4}': 'what follows is quoted',
};

/** An error code, not a sentence. */
const CODE = /^[a-z_]*$/;

const THROWN =
  /\b(?:OAuthError|ProviderFailure|OutboundFailure|tooManyRequests|refuse|malformed)\(\s*(?:(?:'[a-z_]+'|\w+),\s*)?(?:'((?:[^'\\]|\\.)*)'|`((?:[^`\\]|\\.)*)`)|\b(?:description|message|why) =\s*(?:'((?:[^'\\]|\\.)*)'|`((?:[^`\\]|\\.)*)`)/g;

/** `{1}` for what varies. */
function templateOf(text: string): string {
  let at = 0;
  return text.replaceAll(/\$\{[^}]*\}/g, () => `{${++at}}`).replaceAll("\\'", "'");
}

const files = FOLDERS.flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => join(folder, name)),
).filter((file) => !WITHOUT_PAGES.some((pattern) => pattern.test(file)));

const thrown = files
  .flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(THROWN)].map((found) => ({
      file,
      sentence: templateOf(found.slice(1).find((text) => text !== undefined) ?? ''),
    })),
  )
  .filter(({ sentence }) => !CODE.test(sentence));

const known: readonly string[] = MESSAGES;

describe('the errors that pages show', () => {
  it('are found in the sources', () => {
    expect(thrown.length).toBeGreaterThan(80);
    expect(thrown.map(({ sentence }) => sentence)).toContain('you have no such passkey.');
  });

  it('each has a sentence in every language', () => {
    const missing = thrown.filter(({ sentence }) => !known.includes(sentence) && !Object.hasOwn(ELSEWHERE, sentence));
    expect(missing.map(({ file, sentence }) => `${file}: ${sentence}`)).toEqual([]);
  });

  it('no sentence is listed that none of them has', () => {
    const shape = (text: string) => text.replaceAll(/(\{\d*\})+/g, '{}');
    const everything = readdirSync('src', { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.tsx?$/.test(name) && !name.startsWith('locales'))
      .map((name) => readFileSync(join('src', name), 'utf8'))
      .flatMap((source) => [source, shape(templateOf(source))]);
    // The host may be put before it elsewhere.
    const isThere = (sentence: string) =>
      everything.some((source) => source.includes(shape(sentence).replace(/^\{\} /, '')));
    expect(known.filter((sentence) => !isThere(sentence))).toEqual([]);
  });
});
