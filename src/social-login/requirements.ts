/** Requirements that a social login must meet before the sign-in page offers it. */
import type { Config } from '../config.ts';
import { configuredEndpoints, type SocialLoginDescription } from '../protocol/social-login.ts';
import { identityProviderOf } from '../providers/index.ts';
import type { Requirement } from '../providers/provider.ts';
import type { SocialLogin } from '../storage/providers/social-logins.ts';

/** The check of each requirement of a provider, and its name in messages. */
const REQUIREMENTS: Record<Requirement, { isThere: (description: SocialLoginDescription) => boolean; what: string }> = {
  issuer: { isThere: ({ issuer }) => issuer !== undefined, what: 'the issuer' },
  endpoints: {
    isThere: (description) => {
      const { authorization_endpoint, token_endpoint, userinfo_endpoint } = configuredEndpoints(description);
      return description.issuer !== undefined || Boolean(authorization_endpoint && token_endpoint && userinfo_endpoint);
    },
    what: 'the issuer, or the authorization, token and userinfo endpoints (with base_url, where they are paths)',
  },
  tenants: {
    isThere: ({ tenants, any_tenant }) => tenants.length > 0 || any_tenant,
    what: 'the directories (tenants) whose users may sign in',
  },
  team_id: { isThere: ({ team_id }) => team_id !== undefined, what: 'the team id' },
  key_id: { isThere: ({ key_id }) => key_id !== undefined, what: 'the key id' },
};

type LoginConfig = Pick<Config, 'socialLogins'>;

/** The credentials from the deployment's configuration, where the record is at the issuer they are for. */
export function configuredCredentials(
  { socialLogins }: LoginConfig,
  { id, issuer }: Pick<SocialLogin, 'id' | 'issuer'>,
) {
  const given = socialLogins.get(id);
  return given?.issuer === issuer ? given : undefined;
}

/** The requirement that a record does not meet yet; undefined for a complete one. */
export function missingRequirement(login: SocialLogin, config: LoginConfig): string | undefined {
  const missing = identityProviderOf(login.provider).socialLogin.requires?.find(
    (requirement) => !REQUIREMENTS[requirement].isThere(login.description),
  );
  if (missing) return `${REQUIREMENTS[missing].what} must be given`;
  const given = configuredCredentials(config, login);
  if (login.clientId === null && !given) return 'the client id must be given';
  const hasSecret = given ? given.clientSecret !== undefined : login.sealedSecret !== null;
  if (login.authMethod.startsWith('client_secret') && !hasSecret) return 'the client secret must be given';
  if (login.issuer === null) return 'the provider has not been discovered';
  return undefined;
}

/** The reason that the sign-in page shows no button for it; undefined where it shows one. */
export function unavailableReason(login: SocialLogin, config: LoginConfig): string | undefined {
  return missingRequirement(login, config) ?? (login.disabledAt === null ? undefined : 'it is disabled');
}
