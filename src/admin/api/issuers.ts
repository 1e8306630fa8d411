/** /api/admin/issuers: who else may vouch for people, and whom they mean. */
import type { Context } from 'hono';
import type * as z from 'zod';
import type { PersonId } from '../../protocol/credentials.ts';
import { fetchProblem } from '../../protocol/document-url.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import {
  linkSubject,
  listSubjects,
  listIssuers as readIssuers,
  deleteIssuer as removeIssuer,
  putIssuer as storeIssuer,
  unlinkSubject,
} from '../../storage/issuers.ts';
import { findPerson } from '../../storage/people.ts';
import { issuerIsAsRead } from '../../storage/precondition.ts';
import type { Web } from '../../web/context.ts';
import type { IssuerLinkRequest, IssuerRequest } from '../requests.ts';
import { actorOf } from './authenticate.ts';

export async function listIssuers(c: Context<Web>) {
  const rows = await readIssuers(c.get('deps').databases);
  return c.json({ issuers: rows.map(({ issuer, trust }) => ({ issuer, ...trust })) });
}

export async function getIssuer(c: Context<Web>) {
  const row = await find(c);
  const subjects = await listSubjects(c.get('deps').databases, row.issuer);
  return c.json({
    issuer: row.issuer,
    ...row.trust,
    subjects: subjects.map(({ subject, personId }) => ({ subject, person: personId })),
  });
}

/** One that is not trusted is as it was read while nobody trusts it. */
export async function issuerIsStill(c: Context<Web>) {
  const issuer = c.req.param('issuer') ?? '';
  const rows = await readIssuers(c.get('deps').databases);
  return issuerIsAsRead(issuer, rows.find((row) => row.issuer === issuer)?.trust);
}

/** Trusts it, or replaces how far it is trusted. */
export async function putIssuer(c: Context<Web>, trust: z.infer<typeof IssuerRequest>) {
  const { config, databases, moment } = c.get('deps');
  const issuer = c.req.param('issuer') ?? '';
  const problem = trust.jwks_uri && fetchProblem(new URL(trust.jwks_uri), config.isLoopback);
  if (problem) throw new OAuthError('invalid_request', `jwks_uri: ${problem}.`);
  if (issuer === config.issuer) throw new OAuthError('invalid_request', 'this server cannot vouch to itself.');
  await storeIssuer(databases, moment, actorOf(c), issuer, trust);
  return c.json({ issuer, ...trust });
}

export async function deleteIssuer(c: Context<Web>) {
  const { databases, moment } = c.get('deps');
  const { issuer } = await find(c);
  await removeIssuer(databases, moment, actorOf(c), issuer);
  return c.body(null, 204);
}

/** Says whom the issuer means by a subject. */
export async function putSubject(c: Context<Web>, { subject, person: id }: z.infer<typeof IssuerLinkRequest>) {
  const { databases, moment } = c.get('deps');
  const { issuer } = await find(c);
  const person = await findPerson(databases, id as PersonId);
  if (!person) throw new OAuthError('invalid_request', 'person: there is no such person.');
  await linkSubject(databases, moment, actorOf(c), { issuer, subject, personId: person.id });
  return c.json({ issuer, subject, person: person.id });
}

export async function deleteSubject(c: Context<Web>) {
  const { databases, moment } = c.get('deps');
  const { issuer } = await find(c);
  await unlinkSubject(databases, moment, actorOf(c), { issuer, subject: c.req.param('subject') ?? '' });
  return c.body(null, 204);
}

async function find(c: Context<Web>) {
  const rows = await readIssuers(c.get('deps').databases);
  const row = rows.find(({ issuer }) => issuer === c.req.param('issuer'));
  if (!row) throw new OAuthError('not_found', 'this issuer is not trusted here.');
  return row;
}
