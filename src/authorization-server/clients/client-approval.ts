/** The state of a client's approval: approved, waiting for the approval of an administrator, or refused. The only place that decides it. */
import { newClientAction } from '../../protocol/new-client-rules.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import type { Settings } from '../../protocol/settings.ts';
import { type Client, isApprovedByAdministrator } from './client.ts';
import { type ClientLookupDeps, findLatestClient } from './client-lookup.ts';

export type ApprovalState = 'approved' | 'waiting' | 'refused';

type ApprovalSubject = Pick<Client, 'id' | 'origin' | 'trusted' | 'approval' | 'metadata'>;
type Policy = Pick<Settings, 'new_clients' | 'new_client_rules'>;

const APPROVAL_STATES = { allow: 'approved', approve: 'waiting', refuse: 'refused' } as const;

/** A decision about this client comes before the rules, and these before the default. */
export function approvalStateOf(client: ApprovalSubject, settings: Policy): ApprovalState {
  if (client.approval !== null) return client.approval;
  if (isApprovedByAdministrator(client)) return 'approved';
  const { id, origin, metadata } = client;
  const documentUrl = origin === 'document' ? id : undefined;
  return APPROVAL_STATES[newClientAction(settings, { documentUrl, redirectUris: metadata.redirect_uris })];
}

/** @throws OAuthError unauthorized_client for a disabled or refused client: nothing that it sends is accepted. */
export function checkEnabled(client: Client, settings: Policy): void {
  if (client.disabledAt !== null) throw new OAuthError('unauthorized_client', 'this client is disabled.');
  if (approvalStateOf(client, settings) === 'refused')
    throw new OAuthError('unauthorized_client', 'an administrator refused this client.');
}

/** @throws OAuthError unauthorized_client also for a client that awaits approval: nothing new is issued to it. */
export function checkApproved(client: Client, settings: Policy): void {
  checkEnabled(client, settings);
  if (approvalStateOf(client, settings) === 'waiting')
    throw new OAuthError('unauthorized_client', 'this client awaits the approval of an administrator.');
}

/** @returns true if the client awaits approval; it may have been approved since it was read, so the primary is asked. */
export async function awaitsApproval(deps: ClientLookupDeps, client: Client): Promise<boolean> {
  const settings = await deps.settings();
  if (approvalStateOf(client, settings) !== 'waiting') return false;
  return approvalStateOf(await findLatestClient(deps, client.id), settings) === 'waiting';
}
