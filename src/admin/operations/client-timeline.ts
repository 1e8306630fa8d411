/** The connection timeline of a client: reads what is recorded of its latest attempt, of one user or of any. */
import type { Client } from '../../authorization-server/clients/client.ts';
import { approvalStateOf } from '../../authorization-server/clients/client-approval.ts';
import type { Deps } from '../../http/context.ts';
import { parseUserId, type UserId } from '../../protocol/credentials.ts';
import { REFRESH_TOKEN } from '../../protocol/grant-type.ts';
import { MINUTE, SECOND } from '../../protocol/lifetimes.ts';
import { isOwnResource, type ResourceRegistry } from '../../protocol/resource.ts';
import type { Settings } from '../../protocol/settings.ts';
import type { Grant } from '../../storage/grants/grants.ts';
import { findLatestCode } from '../../storage/grants/outstanding-codes.ts';
import type { EndReason } from '../../storage/grants/record-status.ts';
import { listProblems } from '../../storage/server/problem-records.ts';
import { listEvents, listGrants } from '../../storage/server/shard-lists.ts';
import { listUserDecisions } from '../../storage/server/user-decisions.ts';
import type { ClientTimeline } from '../records/timeline.ts';
import type { GrantFacts, TimelineFacts } from '../timeline/facts.ts';
import { drawTimeline } from '../timeline/timeline.ts';
import { requireUser } from './users.ts';

/** The timeline of the latest attempt. @param user its id; the latest of any user where it is left out. @throws OAuthError not_found */
export async function clientTimeline(deps: Deps, client: Client, user: string | undefined): Promise<ClientTimeline> {
  const { databases, moment } = deps;
  const wanted = user === undefined ? undefined : (await requireUser(deps, user)).id;
  const settings = await deps.settings();
  const query = { client: client.id, user: wanted, sort: 'since', descending: true } as const;
  const [latestCode, page, problems] = await Promise.all([
    findLatestCode(deps, client.id, wanted),
    listGrants(databases, query, moment.now, settings, { after: undefined, most: 1 }),
    listProblems(databases, client.id, moment.now),
  ]);
  const [latestGrant] = page.rows;
  const subject = wanted ?? latestUser(latestCode, latestGrant);
  const grant = latestGrant?.userId === subject ? latestGrant : undefined;
  const [listed, ended, registry] = await Promise.all([
    subject && listUserDecisions(databases, subject, client.id),
    grant && endOf(deps, grant, page.endReasons.get(grant.id)),
    deps.registry(),
  ]);
  const facts: TimelineFacts = {
    now: moment.now,
    client: clientFacts(client, settings),
    decisions: listed?.decisions ?? [],
    code: latestCode?.user === subject ? latestCode : undefined,
    grant: grant && grantFacts(grant, ended, isValidatedOnline(grant, deps.config.issuer, registry)),
    problem: problems[0],
    codeLifetime: settings.code_seconds * SECOND,
    deviceCodeLifetime: settings.device_code_minutes * MINUTE,
  };
  return {
    client_id: client.id,
    user: subject ?? null,
    grant: grant?.id ?? null,
    ...drawTimeline(facts),
    shards_that_did_not_answer: [...new Set([...page.unreachable, ...(listed?.unreachable ?? [])])],
  };
}

/** The user of the latest sign of a connection. */
function latestUser(
  code: { user: string; issuedAt: number } | undefined,
  grant: Pick<Grant, 'userId' | 'createdAt'> | undefined,
): UserId | undefined {
  if (code && code.issuedAt > (grant?.createdAt ?? 0)) return parseUserId(code.user);
  return grant?.userId;
}

const clientFacts = (client: Client, settings: Settings): TimelineFacts['client'] => ({
  origin: client.origin,
  createdAt: client.createdAt,
  approval: approvalStateOf(client, settings),
  approvalRequestedAt: client.approvalRequestedAt,
  isDisabled: client.disabledAt !== null,
  trusted: client.trusted,
  usesRefreshTokens: client.metadata.grant_types.includes(REFRESH_TOKEN),
});

const grantFacts = (grant: Grant, end: GrantFacts['end'], isOnline: boolean): GrantFacts => ({
  authorizedAt: grant.authorizedAt,
  createdAt: grant.createdAt,
  isRevokedCode: grant.expiresAt === grant.createdAt,
  generation: grant.generation,
  rotatedAt: grant.rotatedAt,
  tokenFirstUsedAt: grant.tokenFirstUsedAt,
  tokenLastUsedAt: grant.tokenLastUsedAt,
  isValidatedOnline: isOnline,
  end,
});

/** True where each resource of the grant is this server, or asks this server about each token. */
const isValidatedOnline = ({ resources }: Grant, issuer: string, registry: ResourceRegistry): boolean =>
  resources.every((one) => isOwnResource(one, issuer) || registry.get(one)?.validated_online === true);

/** The end of a grant, with the cause that the audit log has. */
async function endOf(
  { databases }: Deps,
  { id, revokedAt, expiresAt }: Grant,
  reason: EndReason | undefined,
): Promise<GrantFacts['end']> {
  if (reason === undefined) return undefined;
  if (reason !== 'ended') return { reason, at: reason === 'expired' ? expiresAt : null, because: undefined };
  const query = { subject: id, sort: 'at', descending: true } as const;
  const { rows } = await listEvents(databases, query, { after: undefined, most: 10 });
  const because = rows.find(({ type }) => type === 'grant.revoked')?.detail.because;
  return { reason, at: revokedAt, because: typeof because === 'string' ? because : undefined };
}
