/** GET /console/audit/export: the audit log as JSON lines, sent as it is read. */
import type { Context } from 'hono';
import type { Web } from '../../http/context.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import type { Cursor } from '../../storage/database/list-page.ts';
import type { AuditRow } from '../../storage/server/audit.ts';
import { EVENT_SORTS, listEvents } from '../../storage/server/shard-lists.ts';
import { parseOrder } from '../query-parameters.ts';
import { dayFilter, eventTypeFilter, soughtBy } from './audit-query.ts';

export const AUDIT_EXPORT = '/console/audit/export';

/** Rows that the export reads at once: what it holds in memory, however long the log is. */
const CHUNK = 500;

export function exportAudit(c: Context<Web>) {
  const { databases } = c.get('deps');
  const { range, problems } = dayFilter(c);
  const [problem] = Object.entries(problems);
  if (problem) throw new OAuthError('invalid_request', problem.join(': '));
  const sought = soughtBy((c.req.query('q') ?? '').trim().slice(0, 200));
  const type = eventTypeFilter(c);
  const query = { ...parseOrder(c.req.query(), EVENT_SORTS), ...sought, ...(type && { type }), ...range };
  const encoder = new TextEncoder();
  let after: Cursor | undefined;
  const lines = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const page = await listEvents(databases, query, { after, most: CHUNK });
      // A log with an unnoticed gap is worse than none: the download fails instead.
      if (page.unreachable.length > 0)
        throw new Error(`these databases did not answer: ${page.unreachable.join(', ')}`);
      if (page.rows.length > 0) controller.enqueue(encoder.encode(page.rows.map(asLine).join('')));
      after = page.next;
      if (!after) controller.close();
    },
  });
  return c.body(lines, 200, {
    'Content-Type': 'application/jsonl; charset=utf-8',
    'Content-Disposition': 'attachment; filename="audit-log.jsonl"',
    'Cache-Control': 'no-store',
  });
}

const asLine = ({ at, type, subject, actor, detail, requestId }: AuditRow): string =>
  `${JSON.stringify({ at: new Date(at).toISOString(), type, subject, actor, detail, request_id: requestId })}\n`;
