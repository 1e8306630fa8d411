/** The records of connected apps and social logins: their definitions with their operations. */
import type { Deps } from '../../http/context.ts';
import { connectedAppCallbackPath } from '../../protocol/connected-app.ts';
import { socialLoginCallbackPath, socialLoginSignedOutPath } from '../../protocol/social-login.ts';
import { configuredCredentials, unavailableReason } from '../../social-login/requirements.ts';
import { connectedAppIsUnchanged, socialLoginIsUnchanged } from '../../storage/database/precondition.ts';
import { type ConnectedApp, listConnectedApps } from '../../storage/providers/connected-apps.ts';
import { listSocialLogins } from '../../storage/providers/social-logins.ts';
import { OLDEST_FIRST } from '../../storage/server/list-query.ts';
import { listConnections } from '../../storage/server/lists.ts';
import { time } from '../query-parameters.ts';
import { CONNECTED_APP } from '../records/connected-app-record.ts';
import { SOCIAL_LOGIN } from '../records/social-login-record.ts';
import {
  addConnectedApp,
  removeConnectedApp,
  requireConnectedApp,
  updateConnectedAppRecord,
} from './connected-apps.ts';
import { bindRecord } from './record.ts';
import {
  addSocialLogin,
  removeSocialLogin,
  requireSocialLogin,
  updateSocialLoginRecord,
  usersOf,
} from './social-logins.ts';

/** More connections are not counted. */
const COUNTED = 100;

async function connectionsOf({ databases }: Deps, app: string) {
  const { rows, next } = await listConnections(
    databases,
    { ...OLDEST_FIRST, app },
    { after: undefined, most: COUNTED },
  );
  return { count: rows.length, more: next !== undefined };
}

/** Members that an answer shows as they are in effect: a form shows only what the description sets. */
const NOT_DESCRIBED = { issuer: undefined, auth_method: undefined, dpop: undefined } as const;

export const CONNECTED_APPS = bindRecord(CONNECTED_APP, {
  find: requireConnectedApp,
  // Never the secret.
  show: (app: ConnectedApp, { config }) => ({
    id: app.id,
    template: app.template,
    ...app.description,
    dpop: app.description.dpop ?? ('auto' as const),
    issuer: app.issuer,
    metadata: app.metadataUrl,
    completed_by: app.completedBy,
    warning: app.warning,
    redirect_uri: config.issuer + connectedAppCallbackPath(app.id),
    client_id: app.registration.clientId,
    registered: app.registration.how,
    auth_method: app.registration.authMethod,
    has_secret: app.sealedSecret !== null,
    created_at: time(app.createdAt),
    disabled: app.disabledAt !== null,
  }),
  // A client ID that this server got by registration is not the administrator's to change.
  form: ({ description, registration: { how, clientId } }) => ({
    ...NOT_DESCRIBED,
    ...description,
    client_id: how === 'given' ? clientId : undefined,
  }),
  list: async ({ databases }) => ({ rows: await listConnectedApps(databases) }),
  precondition: async (deps, id) => connectedAppIsUnchanged(await requireConnectedApp(deps, id)),
  create: async ({ deps, actor }, request) => ({ row: await addConnectedApp(deps, actor, request) }),
  change: ({ deps, actor }, app, request) => updateConnectedAppRecord(deps, actor, app, request),
  actions: {
    refresh: ({ deps, actor }, app) => updateConnectedAppRecord(deps, actor, app, {}),
    delete: ({ deps, actor }, app) => removeConnectedApp(deps, actor, app),
  },
  ends: { delete: connectionsOf },
});

export const SOCIAL_LOGINS = bindRecord(SOCIAL_LOGIN, {
  find: requireSocialLogin,
  // Never the secret.
  show(login, { config }) {
    const configured = configuredCredentials(config, login);
    return {
      id: login.id,
      provider: login.provider,
      ...login.description,
      dpop: login.description.dpop ?? ('auto' as const),
      issuer: login.issuer,
      metadata: login.metadataUrl,
      completed_by: login.completedBy,
      warning: login.warning,
      redirect_uri: config.issuer + socialLoginCallbackPath(login.id),
      post_logout_redirect_uri: config.issuer + socialLoginSignedOutPath(login.id),
      client_id: configured?.clientId ?? login.clientId,
      auth_method: login.authMethod,
      has_secret: configured ? configured.clientSecret !== undefined : login.sealedSecret !== null,
      configured: configured !== undefined,
      created_at: time(login.createdAt),
      disabled: login.disabledAt !== null,
      why_not_shown: unavailableReason(login, config) ?? null,
    };
  },
  form: ({ description, clientId }) => ({ ...NOT_DESCRIBED, ...description, client_id: clientId ?? undefined }),
  detail: usersOf,
  list: async ({ databases }) => ({ rows: await listSocialLogins(databases) }),
  precondition: async (deps, id) => socialLoginIsUnchanged(await requireSocialLogin(deps, id)),
  create: async ({ deps, actor }, request) => ({ row: await addSocialLogin(deps, actor, request) }),
  change: ({ deps, actor }, login, request) => updateSocialLoginRecord(deps, actor, login, request),
  actions: {
    delete: async ({ deps, actor }, login) => ({ deleted: true, ...(await removeSocialLogin(deps, actor, login)) }),
  },
  ends: { disable: usersOf, delete: usersOf },
});
