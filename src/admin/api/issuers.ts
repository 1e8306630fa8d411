/** /api/admin/issuers/{issuer}/subjects: the subjects of a trusted issuer that are linked to users. */
import type { Context } from 'hono';
import * as z from 'zod';
import { type ApiTable, route } from '../../http/api/routes.ts';
import type { Web } from '../../http/context.ts';
import { unlinkSubject } from '../../storage/server/issuers.ts';
import { requireIssuer, saveSubject } from '../operations/issuers.ts';
import { SubjectLink } from '../records/trusted-issuer.ts';
import { actorOf } from './authenticate.ts';

const LinkedSubject = z.strictObject({ issuer: z.string(), ...SubjectLink.shape });

const find = (c: Context<Web>) => requireIssuer(c.get('deps'), c.req.param('issuer') ?? '');

async function putSubject(c: Context<Web>, link: z.infer<typeof SubjectLink>) {
  const { issuer } = await find(c);
  const user = await saveSubject(c.get('deps'), actorOf(c), issuer, link);
  return c.json({ issuer, subject: link.subject, user: user.id });
}

async function deleteSubject(c: Context<Web>) {
  const { databases, moment } = c.get('deps');
  const { issuer } = await find(c);
  await unlinkSubject(databases, moment, actorOf(c), { issuer, subject: c.req.param('subject') ?? '' });
  return c.body(null, 204);
}

export const SUBJECT_API: Pick<ApiTable, 'requestSchemas' | 'responseSchemas' | 'routes'> = {
  requestSchemas: { IssuerLinkRequest: SubjectLink },
  responseSchemas: { IssuerLink: LinkedSubject },
  routes: {
    putSubject: route({
      method: 'PUT',
      path: '/issuers/{issuer}/subjects',
      summary: 'Links a subject of the issuer to a user',
      body: SubjectLink,
      response: LinkedSubject,
      handle: putSubject,
    }),
    deleteSubject: {
      method: 'DELETE',
      path: '/issuers/{issuer}/subjects/{subject}',
      summary: 'Unlinks a subject of the issuer from its user',
      handle: deleteSubject,
    },
  },
};
