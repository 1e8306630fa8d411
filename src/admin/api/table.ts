/** Every route of the admin API, with what it takes and what it gives. */
import { ApiKey, NewApiKey } from '../../protocol/api-key.ts';
import { ADMIN_SCOPE, ADMINISTRATOR, READERS } from '../../protocol/scope.ts';
import {
  CLIENT_SORTS,
  EVENT_SORTS,
  GRANT_SORTS,
  PERSON_SORTS,
  SESSION_SORTS,
  TOKEN_SORTS,
} from '../../storage/lists.ts';
import { type ApiTable, route } from '../../web/api.ts';
import * as connected from '../connected-app-schemas.ts';
import * as requests from '../requests.ts';
import * as social from '../social-login-schemas.ts';
import * as answers from './answers.ts';
import { apiKeyIsStill, createApiKey, deleteApiKey, getApiKey, listApiKeys } from './api-keys.ts';
import {
  clientIsStill,
  createClient,
  deleteClient,
  getClient,
  listClients,
  patchClient,
  rotateClientSecret,
} from './clients.ts';
import {
  connectedAppIsStill,
  createConnectedApp,
  deleteConnectedApp,
  deleteConnection,
  getConnectedApp,
  getConnection,
  listConnectedApps,
  listConnections,
  listTemplates,
  patchConnectedApp,
  refreshConnectedApp,
  resealConnectedApps,
} from './connected-apps.ts';
import {
  createInitialAccessToken,
  deleteInitialAccessToken,
  getInitialAccessToken,
  initialAccessTokenIsStill,
  listInitialAccessTokens,
  patchInitialAccessToken,
} from './initial-access-tokens.ts';
import {
  deleteIssuer,
  deleteSubject,
  getIssuer,
  issuerIsStill,
  listIssuers,
  putIssuer,
  putSubject,
} from './issuers.ts';
import {
  addPerson,
  deleteConsent,
  deletePasskey,
  getPerson,
  inviteAgain,
  listPeople,
  patchPerson,
  personIsStill,
} from './people.ts';
import { deleteCode, getCode, listCodes, listCounts, listCutoffs, listEvents } from './records.ts';
import { deleteResource, getResource, listResources, putResource, resourceIsStill } from './resources.ts';
import { deleteSession, deleteSessionsOf, getSession, listLogouts, listSessions } from './sessions.ts';
import { deleteSetting, getSetting, listSettings, putSetting, settingIsStill } from './settings.ts';
import {
  createSocialLogin,
  deleteIdentity,
  deleteSocialLogin,
  getIdentity,
  getSocialLogin,
  listIdentities,
  listProviders,
  listSocialLogins,
  patchSocialLogin,
  socialLoginIsStill,
} from './social-logins.ts';
import {
  deleteDevice,
  deleteGrant,
  deleteToken,
  getDevice,
  getGrant,
  getToken,
  listDevices,
  listGrants,
  listTokens,
  revokeEverythingOf,
} from './tokens.ts';

const after = 'Where the page begins: "next" of the page before.';
const ofClient = 'Only those of this client.';
const ofPerson = 'Only those of the person with this id.';

/** The ways through a list. */
const sorted = (sorts: object, first: 'asc' | 'desc' = 'asc') => ({
  after,
  sort: `One of: ${Object.keys(sorts).join(', ')}. The first where none is named.`,
  order: `asc or desc; ${first} where none is named.`,
});

export const ADMIN_API: ApiTable = {
  base: '/api/admin',
  title: 'Administration',
  about:
    'What npm run admin calls. Only clients that an administrator made may ask for its scope. Whatever changes or ends something may be sent again; what makes something takes an Idempotency-Key, or is refused the second time because its name is taken.',
  scopes: [ADMIN_SCOPE],
  roles: { read: READERS, change: [ADMINISTRATOR] },
  takes: { ...requests, ...connected.takes, ...social.takes },
  gives: { ...answers, ...connected.gives, ...social.gives, ApiKey, NewApiKey },
  routes: {
    listSettings: {
      ...{ method: 'GET', path: '/settings', summary: 'Every setting, with its value, its default and its help' },
      ...{ answer: answers.SettingList, handle: listSettings },
    },
    getSetting: {
      ...{ method: 'GET', path: '/settings/{name}', summary: 'One setting' },
      ...{ answer: answers.Setting, handle: getSetting, isAsRead: settingIsStill },
    },
    putSetting: route({
      ...{ method: 'PUT', path: '/settings/{name}', summary: 'Changes a setting; others follow within 30 seconds' },
      ...{ body: requests.SettingRequest, answer: answers.Setting, handle: putSetting },
    }),
    deleteSetting: {
      ...{ method: 'DELETE', path: '/settings/{name}', summary: 'Back to the default', handle: deleteSetting },
    },
    listClients: {
      ...{ method: 'GET', path: '/clients', summary: 'Clients' },
      query: {
        ...sorted(CLIENT_SORTS),
        name_begins: 'Only those whose name begins like this, by name.',
        address_begins: 'Only those whose first redirect URI begins like this behind its scheme, by that address.',
      },
      ...{ answer: answers.ClientList, handle: listClients },
    },
    createClient: route({
      ...{ method: 'POST', path: '/clients', summary: 'Makes a client; its secret is shown this once', status: 201 },
      ...{ takesKey: true, body: requests.NewClientRequest, answer: answers.NewClient, handle: createClient },
    }),
    getClient: {
      ...{ method: 'GET', path: '/clients/{id}', summary: 'One client' },
      ...{ answer: answers.Client, handle: getClient, isAsRead: clientIsStill },
    },
    patchClient: route({
      ...{ method: 'PATCH', path: '/clients/{id}', summary: 'Changes a client; what it may no longer do ends at once' },
      ...{ body: requests.ClientChangesRequest, answer: answers.Client, handle: patchClient },
    }),
    deleteClient: {
      ...{ method: 'DELETE', path: '/clients/{id}', summary: 'Removes a client and ends its grants' },
      handle: deleteClient,
    },
    rotateClientSecret: route({
      ...{ method: 'POST', path: '/clients/{id}/secret', summary: 'A new secret; the old one stays good for a while' },
      ...{ body: requests.RotateSecretRequest, bodyIsOptional: true },
      ...{ answer: answers.NewClientSecret, handle: rotateClientSecret },
    }),
    listPeople: {
      ...{ method: 'GET', path: '/people', summary: 'People' },
      query: {
        ...{ ...sorted(PERSON_SORTS), email: 'Only the person with this address.' },
        email_begins: 'Only those whose address begins like this, by address.',
        name_begins: 'Only those whose name begins like this, by name.',
      },
      ...{ answer: answers.PersonList, handle: listPeople },
    },
    addPerson: route({
      ...{ method: 'POST', path: '/people', summary: 'Adds a person; the link lets them choose a password' },
      ...{ status: 201, body: requests.NewPersonRequest, answer: answers.NewPerson, handle: addPerson },
    }),
    getPerson: {
      ...{ method: 'GET', path: '/people/{id}', summary: 'One person, and the applications with access' },
      ...{ answer: answers.PersonWithApplications, handle: getPerson, isAsRead: personIsStill },
    },
    patchPerson: route({
      ...{ method: 'PATCH', path: '/people/{id}', summary: 'Changes roles and profile, disables or enables' },
      ...{ body: requests.PersonChangesRequest, answer: answers.Person, handle: patchPerson },
    }),
    inviteAgain: {
      ...{ method: 'POST', path: '/people/{id}/invitation', summary: 'Another link, for a lost link or password' },
      ...{ answer: answers.Invitation, handle: inviteAgain },
    },
    deleteConsent: {
      ...{ method: 'DELETE', path: '/people/{id}/consents/{client}' },
      ...{ summary: 'Ends all that the person let the client do', handle: deleteConsent },
    },
    deletePasskey: {
      ...{ method: 'DELETE', path: '/people/{id}/passkeys/{passkey}' },
      ...{ summary: 'Takes a passkey away from the person', handle: deletePasskey },
    },
    deleteSessionsOf: {
      ...{ method: 'DELETE', path: '/people/{id}/sessions', summary: 'Signs the person out everywhere' },
      ...{ answer: answers.EndedSessions, handle: deleteSessionsOf },
    },
    listSessions: {
      ...{ method: 'GET', path: '/sessions', summary: 'Who is signed in where, or was' },
      ...{
        query: { ...sorted(SESSION_SORTS, 'desc'), person: ofPerson },
        answer: answers.SessionList,
        handle: listSessions,
      },
    },
    getSession: {
      ...{ method: 'GET', path: '/sessions/{id}', summary: 'One session' },
      ...{ answer: answers.Session, handle: getSession },
    },
    deleteSession: {
      ...{ method: 'DELETE', path: '/sessions/{id}', summary: 'Signs a browser out; its applications are told' },
      handle: deleteSession,
    },
    listLogouts: {
      ...{ method: 'GET', path: '/logouts', summary: 'Clients that are to be told that a session is over, or were' },
      ...{ answer: answers.LogoutList, handle: listLogouts },
    },
    listResources: {
      ...{ method: 'GET', path: '/resources', summary: 'The protected resources beside this server itself' },
      ...{ answer: answers.ResourceList, handle: listResources },
    },
    getResource: {
      ...{ method: 'GET', path: '/resources/{id}', summary: 'One resource, by its percent-encoded identifier' },
      ...{ answer: answers.Resource, handle: getResource, isAsRead: resourceIsStill },
    },
    putResource: route({
      ...{ method: 'PUT', path: '/resources/{id}', summary: 'Registers a resource, or replaces what is said of it' },
      ...{ body: requests.ResourceRequest, answer: answers.Resource, handle: putResource },
    }),
    deleteResource: {
      ...{ method: 'DELETE', path: '/resources/{id}', summary: 'Nobody gets a token for it any more' },
      handle: deleteResource,
    },
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
    listTemplates: {
      ...{ method: 'GET', path: '/connection-templates', summary: 'What is known of providers' },
      ...{ answer: connected.ConnectionTemplateList, handle: listTemplates },
    },
    listConnectedApps: {
      ...{ method: 'GET', path: '/connected-apps', summary: 'Where this server is a client' },
      ...{ answer: connected.ConnectedAppList, handle: listConnectedApps },
    },
    createConnectedApp: route({
      ...{ method: 'POST', path: '/connected-apps', summary: 'A new one, filled from what the server says of itself' },
      ...{ status: 201, body: connected.NewConnectedAppRequest, answer: connected.ConnectedApp },
      handle: createConnectedApp,
    }),
    getConnectedApp: {
      ...{ method: 'GET', path: '/connected-apps/{id}', summary: 'One connected app, its redirect URI among it' },
      ...{ answer: connected.ConnectedApp, handle: getConnectedApp, isAsRead: connectedAppIsStill },
    },
    patchConnectedApp: route({
      ...{ method: 'PATCH', path: '/connected-apps/{id}', summary: 'Changes, disables or enables a connected app' },
      ...{ body: connected.ConnectedAppChangesRequest, answer: connected.ConnectedApp, handle: patchConnectedApp },
    }),
    deleteConnectedApp: {
      ...{ method: 'DELETE', path: '/connected-apps/{id}', summary: 'With everything connected through it' },
      handle: deleteConnectedApp,
    },
    refreshConnectedApp: {
      ...{ method: 'POST', path: '/connected-apps/{id}/refresh', summary: 'Looks at the server again' },
      ...{ answer: connected.ConnectedApp, handle: refreshConnectedApp },
    },
    listConnections: {
      ...{ method: 'GET', path: '/connections', summary: 'Whose accounts elsewhere may be used, oldest first' },
      ...{ query: { after, app: 'Only those of this app.', person: ofPerson }, answer: connected.ConnectionPage },
      handle: listConnections,
    },
    getConnection: {
      ...{ method: 'GET', path: '/connections/{app}/{person}', summary: 'One connection, or that of the app itself' },
      ...{ answer: connected.Connection, handle: getConnection },
    },
    deleteConnection: {
      ...{ method: 'DELETE', path: '/connections/{app}/{person}', summary: 'Ends one, at the provider, too' },
      ...{ answer: connected.Disconnected, handle: deleteConnection },
    },
    resealConnectedApps: {
      ...{ method: 'POST', path: '/sealing', summary: 'Seals stored tokens and secrets again, by the secret in use' },
      ...{ answer: connected.Sealing, handle: resealConnectedApps },
    },
    listProviders: {
      ...{ method: 'GET', path: '/social-login-providers', summary: 'What is known of providers to sign in with' },
      ...{ answer: social.SocialLoginProviderList, handle: listProviders },
    },
    listSocialLogins: {
      ...{ method: 'GET', path: '/social-logins', summary: 'With whose accounts people sign in, and why not' },
      ...{ answer: social.SocialLoginList, handle: listSocialLogins },
    },
    createSocialLogin: route({
      ...{ method: 'POST', path: '/social-logins', summary: 'A new one; it stays disabled until it is complete' },
      ...{ status: 201, body: social.NewSocialLoginRequest, answer: social.SocialLogin, handle: createSocialLogin },
    }),
    getSocialLogin: {
      ...{ method: 'GET', path: '/social-logins/{id}', summary: 'One social login, and how many it signs in' },
      ...{ answer: social.SocialLoginWithUsers, handle: getSocialLogin, isAsRead: socialLoginIsStill },
    },
    patchSocialLogin: route({
      ...{ method: 'PATCH', path: '/social-logins/{id}', summary: 'Changes, disables or enables a social login' },
      ...{ body: social.SocialLoginChangesRequest, answer: social.SocialLogin, handle: patchSocialLogin },
    }),
    deleteSocialLogin: {
      ...{ method: 'DELETE', path: '/social-logins/{id}', summary: 'With every link to it; says whom that concerns' },
      ...{ answer: social.DeletedSocialLogin, handle: deleteSocialLogin },
    },
    listIdentities: {
      ...{ method: 'GET', path: '/identities', summary: 'Accounts elsewhere that sign people in, oldest first' },
      ...{ query: { after, login: 'Only those of this social login.', person: ofPerson } },
      ...{ answer: social.LinkedIdentityPage, handle: listIdentities },
    },
    getIdentity: {
      ...{ method: 'GET', path: '/identities/{id}', summary: 'One linked account' },
      ...{ answer: social.LinkedIdentity, handle: getIdentity },
    },
    deleteIdentity: {
      ...{ method: 'DELETE', path: '/identities/{id}', summary: 'Unlinks one; it signs nobody in any more' },
      handle: deleteIdentity,
    },
    listInitialAccessTokens: {
      ...{ method: 'GET', path: '/initial-access-tokens', summary: 'What lets others register clients' },
      ...{ answer: answers.InitialAccessTokenList, handle: listInitialAccessTokens },
    },
    getInitialAccessToken: {
      ...{ method: 'GET', path: '/initial-access-tokens/{id}', summary: 'What is left of one' },
      ...{ answer: answers.InitialAccessToken, handle: getInitialAccessToken, isAsRead: initialAccessTokenIsStill },
    },
    patchInitialAccessToken: route({
      ...{
        method: 'PATCH',
        path: '/initial-access-tokens/{id}',
        summary: 'Another name, more or fewer uses, another end',
      },
      ...{ body: requests.InitialAccessTokenChangesRequest, answer: answers.InitialAccessToken },
      handle: patchInitialAccessToken,
    }),
    createInitialAccessToken: route({
      ...{ method: 'POST', path: '/initial-access-tokens', summary: 'A new one, shown this once', status: 201 },
      ...{ takesKey: true, body: requests.NewInitialAccessTokenRequest, answer: answers.NewInitialAccessToken },
      handle: createInitialAccessToken,
    }),
    deleteInitialAccessToken: {
      ...{ method: 'DELETE', path: '/initial-access-tokens/{id}', summary: 'It registers nobody any more' },
      handle: deleteInitialAccessToken,
    },
    listApiKeys: {
      ...{ method: 'GET', path: '/api-keys', summary: 'API keys that are good, oldest first' },
      ...{ query: { after, person: ofPerson }, answer: answers.ApiKeyPage, handle: listApiKeys },
    },
    getApiKey: {
      ...{ method: 'GET', path: '/api-keys/{id}', summary: 'One key that is good' },
      ...{ answer: ApiKey, handle: getApiKey, isAsRead: apiKeyIsStill },
    },
    createApiKey: route({
      ...{ method: 'POST', path: '/api-keys', summary: 'Makes a key for a person; its secret is shown this once' },
      ...{ status: 201, takesKey: true, body: requests.NewApiKeyForRequest, answer: NewApiKey },
      handle: createApiKey,
    }),
    deleteApiKey: {
      ...{ method: 'DELETE', path: '/api-keys/{id}', summary: 'Revokes a key at once' },
      handle: deleteApiKey,
    },
    listTokens: {
      ...{ method: 'GET', path: '/tokens', summary: 'Access tokens that have not expired, by when they do' },
      query: {
        ...sorted(TOKEN_SORTS, 'desc'),
        ...{ client: `${ofClient} One of the three at most.`, person: ofPerson, grant: 'Only those of this grant.' },
      },
      ...{ answer: answers.TokenList, handle: listTokens },
    },
    getToken: {
      ...{ method: 'GET', path: '/tokens/{id}', summary: 'One access token, as long as its record is kept' },
      ...{ answer: answers.Token, handle: getToken },
    },
    deleteToken: { method: 'DELETE', path: '/tokens/{id}', summary: 'Ends one access token', handle: deleteToken },
    listGrants: {
      ...{ method: 'GET', path: '/grants', summary: 'What people let clients do' },
      ...{
        query: { ...sorted(GRANT_SORTS, 'desc'), client: ofClient, person: ofPerson },
        answer: answers.GrantList,
        handle: listGrants,
      },
    },
    getGrant: {
      ...{ method: 'GET', path: '/grants/{id}', summary: 'One grant' },
      ...{ answer: answers.Grant, handle: getGrant },
    },
    deleteGrant: {
      ...{ method: 'DELETE', path: '/grants/{id}', summary: 'Ends a grant, its refresh token and its access tokens' },
      handle: deleteGrant,
    },
    revokeEverythingOf: route({
      ...{ method: 'POST', path: '/revocations', summary: 'Ends all of a client, of a person, or of both together' },
      ...{ body: requests.RevocationRequest, handle: revokeEverythingOf },
    }),
    listDevices: {
      ...{ method: 'GET', path: '/devices', summary: 'Devices that wait for a person, or have been answered' },
      query: { after },
      ...{ answer: answers.DeviceList, handle: listDevices },
    },
    getDevice: {
      ...{ method: 'GET', path: '/devices/{id}', summary: 'One device' },
      ...{ answer: answers.Device, handle: getDevice },
    },
    deleteDevice: { method: 'DELETE', path: '/devices/{id}', summary: 'Ends its code', handle: deleteDevice },
    listCodes: {
      ...{ method: 'GET', path: '/codes', summary: 'Authorization codes that wait to be redeemed' },
      query: { after },
      ...{ answer: answers.CodeList, handle: listCodes },
    },
    getCode: {
      ...{ method: 'GET', path: '/codes/{hash}', summary: 'One code that waits' },
      ...{ answer: answers.Code, handle: getCode },
    },
    deleteCode: { method: 'DELETE', path: '/codes/{hash}', summary: 'Ends a code', handle: deleteCode },
    listEvents: {
      ...{ method: 'GET', path: '/events', summary: 'What happened' },
      query: {
        ...sorted(EVENT_SORTS, 'desc'),
        ...{ subject: 'Only what happened to this. One of the three at most.', actor: 'Only what this did.' },
        type: 'Only events of this type.',
        ...{ since: 'Only from this date or time on.', until: 'Only before this date or time.' },
      },
      ...{ answer: answers.EventList, handle: listEvents },
    },
    listCounts: {
      ...{ method: 'GET', path: '/counts', summary: 'How much happened on each day' },
      query: { days: 'How many days, today included: 30 where it is left out, 400 at most.' },
      ...{ answer: answers.CountList, handle: listCounts },
    },
    listCutoffs: {
      ...{ method: 'GET', path: '/cutoffs', summary: 'What was taken away and some database does not know yet' },
      ...{ answer: answers.CutoffList, handle: listCutoffs },
    },
  },
};
