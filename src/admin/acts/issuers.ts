/** What an administrator does to trusted issuers: the same for the API, and so the command, and for the console. */
import type * as z from 'zod';
import type { PersonId } from '../../protocol/credentials.ts';
import { fetchProblem } from '../../protocol/document-url.ts';
import type { IssuerTrust } from '../../protocol/issuer-trust.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { linkSubject, listIssuers, putIssuer as storeIssuer } from '../../storage/issuers.ts';
import { findPerson } from '../../storage/people.ts';
import type { Deps } from '../../web/context.ts';
import type { IssuerLinkRequest } from '../requests.ts';

export type TrustedIssuer = { issuer: string; trust: IssuerTrust };

/** @throws OAuthError not_found */
export async function findIssuer({ databases }: Pick<Deps, 'databases'>, issuer: string): Promise<TrustedIssuer> {
  const row = (await listIssuers(databases)).find((one) => one.issuer === issuer);
  if (!row) throw new OAuthError('not_found', 'this issuer is not trusted here.');
  return row;
}

/** Trusts it, or replaces how far it is trusted. @throws OAuthError invalid_request */
export async function putIssuer(deps: Deps, actor: string, { issuer, trust }: TrustedIssuer): Promise<void> {
  const { config, databases, moment } = deps;
  const problem = trust.jwks_uri && fetchProblem(new URL(trust.jwks_uri), config.isLoopback);
  if (problem) throw new OAuthError('invalid_request', `jwks_uri: ${problem}.`);
  if (issuer === config.issuer) throw new OAuthError('invalid_request', 'issuer: this server cannot vouch to itself.');
  await storeIssuer(databases, moment, actor, issuer, trust);
}

/** Says whom the issuer means by a subject. @throws OAuthError invalid_request */
export async function putSubject(
  { databases, moment }: Deps,
  actor: string,
  issuer: string,
  { subject, person: id }: z.infer<typeof IssuerLinkRequest>,
) {
  const person = await findPerson(databases, id as PersonId);
  if (!person) throw new OAuthError('invalid_request', 'person: there is no such person.');
  await linkSubject(databases, moment, actor, { issuer, subject, personId: person.id });
  return person;
}
