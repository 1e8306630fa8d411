/** The resource and the scopes of the access token of a refresh, in the statements of the rotation. */
import { type SQL, sql } from 'drizzle-orm';
import type { Slots } from '../database/compiled-statement.ts';
import type { AttemptValues } from './refresh-attempt.ts';

export type AttemptSlots = Slots<AttemptValues>;

export const isIn = (value: SQL, list: SQL): SQL => sql`${value} IN (SELECT value FROM json_each(${list}))`;

/** The member of a JSON object with this name; NULL where it has none. */
export const jsonMember = (object: SQL, name: SQL): SQL =>
  sql`(SELECT own.value FROM json_each(${object}) AS own WHERE own.key = ${name})`;

/** Of `grants`: the resource of the access token; NULL where no resource of the grant is registered any more. */
export const refreshedResource = ({ resource, resources, issuer }: AttemptSlots): SQL => sql`COALESCE(${resource}, (
  SELECT value FROM json_each(grants.resources)
  WHERE ${isIn(sql`value`, resources)}
    OR substr(value, 1, length(${issuer}) + 1) IN (${issuer} || '/', ${issuer} || '?')
  ORDER BY key LIMIT 1))`;

/** Of `grants`: the granted scopes that were requested and are allowed for the client. */
export const issuedScopes = (slots: AttemptSlots, target: SQL): SQL => sql`SELECT granted.value AS value
  FROM json_each(grants.scopes) AS granted
  WHERE (${slots.scopes} IS NULL OR ${isIn(sql`granted.value`, slots.scopes)})
    AND ${isIn(sql`granted.value`, sql`COALESCE(${jsonMember(slots.allowedOf, target)}, ${slots.allowed})`)}`;
