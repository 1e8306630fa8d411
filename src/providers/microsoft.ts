/**
 * Microsoft: an issuer for each tenant (directory), and addresses verified only by their tenant. A refresh token comes
 * only with the scope `offline_access`.
 */
import { EMAIL_SCOPE, OFFLINE_ACCESS, OPENID_SCOPE } from '../protocol/scope-names.ts';
import type { SocialLoginDescription } from '../protocol/social-login.ts';
import { OPENID, openidProfile, type Profile, textOf, type UserInformation } from './profile.ts';
import type { Provider } from './provider.ts';

const HOST = 'https://login.microsoftonline.com';

export const microsoft = {
  title: 'Microsoft',
  documentation: 'https://learn.microsoft.com/en-us/entra/identity-platform/v2-protocols-oidc',
  readOn: '2026-11-26',
  clientsPage: 'https://entra.microsoft.com/#view/Microsoft_AAD_RegisteredApps/CreateApplicationBlade',
  // https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-auth-code-flow
  connectedApp: {
    // https://login.microsoftonline.com/<tenant id>/v2.0: the document of `common` names an issuer that no token has.
    requires: ['issuer'],
    scopes: [OPENID_SCOPE, EMAIL_SCOPE, OFFLINE_ACCESS, 'User.Read'],
    api: ['https://graph.microsoft.com'],
  },
  socialLogin: { ...OPENID, requires: ['tenants'], tenantServerOf, hasAllClaimsInIdToken: true, profileOf },
} satisfies Provider;

/** Issuer and metadata of the tenants: one has its own; the metadata of several has a pattern as issuer. */
function tenantServerOf({ tenants, any_tenant }: SocialLoginDescription) {
  if (tenants.length === 0 && !any_tenant) return undefined;
  const [only] = tenants.length === 1 && !any_tenant ? tenants : [];
  const authority = only ?? (any_tenant ? 'common' : 'organizations');
  return {
    issuer: `${HOST}/${only ?? '{tenantid}'}/v2.0`,
    metadataUrl: `${HOST}/${authority}/v2.0/.well-known/openid-configuration`,
  };
}

/**
 * The claims of a user. The address is a text that an administrator of the directory typed
 * (https://learn.microsoft.com/en-us/entra/identity-platform/migrate-off-email-claim-authorization): it counts where an
 * administrator here named the directory, or where Microsoft says that its domain was verified (`xms_edov`).
 */
function profileOf(information: UserInformation): Profile {
  const { tenants, any_tenant } = information.description;
  const claims = information.claims ?? {};
  const tenant = textOf(claims.tid)?.toLowerCase() ?? '';
  const isListedTenant = tenants.includes(tenant);
  const name = [claims.email, claims.preferred_username, claims.upn, claims.unique_name].map(textOf);
  return {
    ...openidProfile(information),
    email: name.find((text) => text?.includes('@')),
    emailVerified: isListedTenant || [true, 1, '1', 'true'].includes(claims.xms_edov as string),
    account: name.find(Boolean),
    ...(!isListedTenant &&
      !any_tenant && { refused: 'the directory that this account belongs to may not sign in here' }),
  };
}
