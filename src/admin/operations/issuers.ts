/** The operations on trusted issuers, for the API and the console. */
import type * as z from 'zod';
import type { Deps } from '../../http/context.ts';
import { parseUserId } from '../../protocol/credentials.ts';
import { fetchProblem } from '../../protocol/document-url.ts';
import type { IssuerTrust } from '../../protocol/issuer-trust.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { issuerIsUnchanged } from '../../storage/database/precondition.ts';
import { linkSubject, listSubjects, unlinkSubject } from '../../storage/server/issuer-subjects.ts';
import { deleteIssuer, listIssuers, putIssuer as storeIssuer } from '../../storage/server/issuers.ts';
import { findUser } from '../../storage/users/users.ts';
import { type SubjectLink, TRUSTED_ISSUER } from '../records/trusted-issuer.ts';
import { bindRecord } from './record.ts';

type TrustedIssuer = { issuer: string; trust: IssuerTrust };

/** @throws OAuthError not_found */
async function requireIssuer({ databases }: Pick<Deps, 'databases'>, issuer: string): Promise<TrustedIssuer> {
  const row = (await listIssuers(databases)).find((one) => one.issuer === issuer);
  if (!row) throw new OAuthError('not_found', 'this issuer is not trusted here.');
  return row;
}

/** Trusts an issuer, or replaces its trust. @throws OAuthError invalid_request */
async function save(deps: Deps, actor: string, { issuer, trust }: TrustedIssuer): Promise<void> {
  const { config, databases, moment } = deps;
  const problem = trust.jwks_uri && fetchProblem(new URL(trust.jwks_uri), config.isLoopback);
  if (problem) throw new OAuthError('invalid_request', `jwks_uri: ${problem}.`);
  if (issuer === config.issuer)
    throw new OAuthError('invalid_request', 'issuer: this server is not an issuer for itself.');
  await storeIssuer(databases, moment, actor, issuer, trust);
}

/** Links a subject of the issuer to a user. @throws OAuthError invalid_request */
async function saveSubject(
  { databases, moment }: Deps,
  actor: string,
  issuer: string,
  { subject, user: id }: z.infer<typeof SubjectLink>,
) {
  const userId = parseUserId(id);
  const user = userId && (await findUser(databases, userId));
  if (!user) throw new OAuthError('invalid_request', 'user: there is no such user.');
  await linkSubject(databases, moment, actor, { issuer, subject, userId: user.id });
  return user;
}

export const TRUSTED_ISSUERS = bindRecord(TRUSTED_ISSUER, {
  find: requireIssuer,
  show: ({ issuer, trust }) => ({ issuer, ...trust }),
  async detail({ databases }, issuer) {
    const subjects = await listSubjects(databases, issuer);
    return { subjects: subjects.map(({ subject, userId }) => ({ subject, user: userId })) };
  },
  list: async ({ databases }) => ({ rows: await listIssuers(databases) }),
  // One that is not trusted is as it was read while it is not trusted.
  async precondition({ databases }, issuer) {
    const rows = await listIssuers(databases);
    return issuerIsUnchanged(issuer, rows.find((row) => row.issuer === issuer)?.trust);
  },
  async put({ deps, actor }, issuer, trust) {
    await save(deps, actor, { issuer, trust });
    return { issuer, trust };
  },
  actions: {
    async link({ deps, actor }, { issuer }, link) {
      const user = await saveSubject(deps, actor, issuer, link);
      return { issuer, subject: link.subject, user: user.id };
    },
    unlink: ({ deps: { databases, moment }, actor }, { issuer }, { subject = '' }) =>
      unlinkSubject(databases, moment, actor, { issuer, subject }),
    delete: ({ deps: { databases, moment }, actor }, { issuer }) => deleteIssuer(databases, moment, actor, issuer),
  },
});
