/** Grant types, authentication methods and scopes stand in one list each: everything else names the constant. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CLIENT_AUTH_METHODS, NO_AUTHENTICATION } from '../../src/protocol/authentication-method.ts';
import { GRANT_TYPES } from '../../src/protocol/grant-type.ts';
import { SERVER_SCOPES } from '../../src/protocol/scope.ts';
import { OFFLINE_ACCESS, OPENID_SCOPE } from '../../src/protocol/scope-names.ts';

const ROOTS = ['src', 'packages/resource-server/src'];

/** The lines of code, without comments, by file. */
const sources = ROOTS.flatMap((root) =>
  readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => {
      const code = readFileSync(join(root, name), 'utf8').replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
      return { file: join(root, name), lines: code.split('\n') };
    }),
);

/** Parameters of requests and kinds of tokens that are called as a grant type is (RFC 6749 §6, RFC 7009 §2.1). */
const OTHER_REGISTRIES = /form\.\w+\('|token_type: '/;

/** A line that is about authentication methods: `none` is a value of other parameters, too. */
const OF_METHODS = /method|Method/;

/** A line that is about scopes: `profile` and `email` are names of claims and pages, too. */
const OF_SCOPES = /scope/i;

/** @returns the files that hold the text as a literal, one for each line. */
function filesWith(text: string, isMeant: (line: string) => boolean): string[] {
  const literal = new RegExp(`'${text}'`);
  return sources.flatMap(({ file, lines }) =>
    lines.filter((line) => literal.test(line) && isMeant(line)).map(() => file),
  );
}

describe('the names of the registries', () => {
  it('each grant type stands in one list', () => {
    for (const { grantType } of GRANT_TYPES) {
      const files = filesWith(grantType, (line) => !OTHER_REGISTRIES.test(line));
      expect([grantType, files]).toEqual([grantType, ['src/protocol/grant-type.ts']]);
    }
  });

  it('each authentication method stands in one list, as a literal and as the name of a member', () => {
    for (const method of CLIENT_AUTH_METHODS) {
      const isNone = method === NO_AUTHENTICATION;
      const files = filesWith(method, (line) => !isNone || (OF_METHODS.test(line) && !/prompt/.test(line)));
      const expected = isNone ? [] : ['src/protocol/authentication-method.ts'];
      expect([method, files]).toEqual([method, expected]);
      const members = sources.filter(({ lines }) => lines.some((line) => new RegExp(`^\\s*${method}:`).test(line)));
      expect([method, isNone ? [] : members]).toEqual([method, []]);
    }
  });

  it('each scope stands in one list', () => {
    for (const { name } of SERVER_SCOPES) {
      const isUnmistakable = name === OPENID_SCOPE || name === OFFLINE_ACCESS;
      const files = filesWith(name, (line) => isUnmistakable || OF_SCOPES.test(line));
      expect([name, files]).toEqual([name, ['src/protocol/scope-names.ts']]);
    }
    const inText = sources.filter(({ lines }) => lines.some((line) => /(['"`])openid [a-z_ ]+\1/.test(line)));
    expect(inText.map(({ file }) => file)).toEqual([]);
  });
});
