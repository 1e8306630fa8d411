/** /api/admin/issuers: who else may vouch for people, and whom they mean. */
import type { Context } from 'hono';
import type * as z from 'zod';
import {
  listSubjects,
  listIssuers as readIssuers,
  deleteIssuer as removeIssuer,
  unlinkSubject,
} from '../../storage/issuers.ts';
import { issuerIsAsRead } from '../../storage/precondition.ts';
import { type ApiTable, route } from '../../web/api.ts';
import type { Web } from '../../web/context.ts';
import { findIssuer, putSubject as linkTo, putIssuer as put } from '../acts/issuers.ts';
import type { IssuerLinkRequest, IssuerRequest } from '../requests.ts';
import * as requests from '../requests.ts';
import * as answers from './answers.ts';
import { actorOf } from './authenticate.ts';

async function listIssuers(c: Context<Web>) {
  const rows = await readIssuers(c.get('deps').databases);
  return c.json({ issuers: rows.map(({ issuer, trust }) => ({ issuer, ...trust })) });
}

async function getIssuer(c: Context<Web>) {
  const row = await find(c);
  const subjects = await listSubjects(c.get('deps').databases, row.issuer);
  return c.json({
    issuer: row.issuer,
    ...row.trust,
    subjects: subjects.map(({ subject, personId }) => ({ subject, person: personId })),
  });
}

/** One that is not trusted is as it was read while nobody trusts it. */
async function issuerIsStill(c: Context<Web>) {
  const issuer = c.req.param('issuer') ?? '';
  const rows = await readIssuers(c.get('deps').databases);
  return issuerIsAsRead(issuer, rows.find((row) => row.issuer === issuer)?.trust);
}

/** Trusts it, or replaces how far it is trusted. */
async function putIssuer(c: Context<Web>, trust: z.infer<typeof IssuerRequest>) {
  const issuer = c.req.param('issuer') ?? '';
  await put(c.get('deps'), actorOf(c), { issuer, trust });
  return c.json({ issuer, ...trust });
}

async function deleteIssuer(c: Context<Web>) {
  const { databases, moment } = c.get('deps');
  const { issuer } = await find(c);
  await removeIssuer(databases, moment, actorOf(c), issuer);
  return c.body(null, 204);
}

/** Says whom the issuer means by a subject. */
async function putSubject(c: Context<Web>, link: z.infer<typeof IssuerLinkRequest>) {
  const { issuer } = await find(c);
  const person = await linkTo(c.get('deps'), actorOf(c), issuer, link);
  return c.json({ issuer, subject: link.subject, person: person.id });
}

async function deleteSubject(c: Context<Web>) {
  const { databases, moment } = c.get('deps');
  const { issuer } = await find(c);
  await unlinkSubject(databases, moment, actorOf(c), { issuer, subject: c.req.param('subject') ?? '' });
  return c.body(null, 204);
}

const find = (c: Context<Web>) => findIssuer(c.get('deps'), c.req.param('issuer') ?? '');

/** What the API table says of them. */
export const ISSUER_ROUTES: ApiTable['routes'] = {
  listIssuers: {
    ...{ method: 'GET', path: '/issuers', summary: 'Who else may vouch for people' },
    ...{ answer: answers.IssuerList, handle: listIssuers },
  },
  getIssuer: {
    ...{ method: 'GET', path: '/issuers/{issuer}', summary: 'One issuer, and whom it means' },
    ...{ answer: answers.IssuerWithSubjects, handle: getIssuer, isAsRead: issuerIsStill },
  },
  putIssuer: route({
    ...{ method: 'PUT', path: '/issuers/{issuer}', summary: 'Trusts an issuer, or replaces how far' },
    ...{ body: requests.IssuerRequest, answer: answers.Issuer, handle: putIssuer },
  }),
  deleteIssuer: {
    ...{ method: 'DELETE', path: '/issuers/{issuer}', summary: 'Trusts it no more' },
    handle: deleteIssuer,
  },
  putSubject: route({
    ...{ method: 'PUT', path: '/issuers/{issuer}/subjects', summary: 'Says whom the issuer means by a subject' },
    ...{ body: requests.IssuerLinkRequest, answer: answers.IssuerLink, handle: putSubject },
  }),
  deleteSubject: {
    ...{ method: 'DELETE', path: '/issuers/{issuer}/subjects/{subject}', summary: 'It means nobody any more' },
    handle: deleteSubject,
  },
};
