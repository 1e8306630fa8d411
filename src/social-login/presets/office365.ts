/** Microsoft (Office 365): an issuer for each directory; an address is as good as the directory that says it. */
import type { SocialLoginDescription } from '../../protocol/social-login.ts';
import { OPENID, openidProfile, type Preset, type Profile, type Said, textOf } from './preset.ts';

const HOST = 'https://login.microsoftonline.com';

export const office365: Preset = {
  ...OPENID,
  title: 'Microsoft',
  documentation: 'https://learn.microsoft.com/en-us/entra/identity-platform/v2-protocols-oidc',
  read: '2026-11-26',
  needs: ['tenants'],
  placeOf,
  needsNoUserinfo: true,
  profileOf,
};

/** One directory has metadata of its own; the metadata for several names a pattern instead of an issuer. */
function placeOf({ tenants, any_tenant }: SocialLoginDescription) {
  if (tenants.length === 0 && !any_tenant) return undefined;
  const [only] = tenants.length === 1 && !any_tenant ? tenants : [];
  const authority = only ?? (any_tenant ? 'common' : 'organizations');
  return {
    issuer: `${HOST}/${only ?? '{tenantid}'}/v2.0`,
    metadataUrl: `${HOST}/${authority}/v2.0/.well-known/openid-configuration`,
  };
}

/**
 * The address is a text that whoever runs the directory typed
 * (https://learn.microsoft.com/en-us/entra/identity-platform/migrate-off-email-claim-authorization): it counts where an
 * administrator here named the directory, or where Microsoft says that its domain was verified (`xms_edov`).
 */
function profileOf(said: Said): Profile {
  const { tenants, any_tenant } = said.description;
  const claims = said.claims ?? {};
  const tenant = textOf(claims.tid)?.toLowerCase() ?? '';
  const isNamed = tenants.includes(tenant);
  const name = [claims.email, claims.preferred_username, claims.upn, claims.unique_name].map(textOf);
  return {
    ...openidProfile(said),
    email: name.find((text) => text?.includes('@')),
    emailVerified: isNamed || [true, 1, '1', 'true'].includes(claims.xms_edov as string),
    account: name.find(Boolean),
    ...(!isNamed && !any_tenant && { refused: 'the directory that this account belongs to may not sign in here' }),
  };
}
