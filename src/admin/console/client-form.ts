/** What the forms about clients carry, judged field by field, so that everything that is wrong is said at once. */
import type * as z from 'zod';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { checkRedirectUri } from '../../protocol/redirect-uri.ts';
import { parseScope } from '../../protocol/scope.ts';
import type { Parameters } from '../../web/parameters.ts';
import type { Words } from '../../words/index.ts';
import { ClientChangesRequest, type NewClientRequest } from '../requests.ts';
import type { ClientKind } from './client-kinds.ts';

/** The fields, as they stand in the form. */
export const CLIENT_FIELDS = [
  ...(['client_name', 'redirect_uris', 'post_logout_redirect_uris', 'token_endpoint_auth_method'] as const),
  ...(['jwks_uri', 'scope', 'stay', 'client_uri', 'logo_uri', 'trusted', 'roles', 'allowed_origins'] as const),
] as const;
export type ClientField = (typeof CLIENT_FIELDS)[number];

export type Typed = Partial<Record<ClientField, string>>;
export type Problems = Partial<Record<ClientField, string>>;
export type NewClientAsked = z.infer<typeof NewClientRequest>;

export const typedIn = (form: Parameters): Typed =>
  Object.fromEntries(CLIENT_FIELDS.flatMap((name) => (form.one(name) === undefined ? [] : [[name, form.one(name)]])));

/** What stands on the lines of a field, each once. */
const linesOf = (text: string | undefined): string[] => [
  ...new Set((text ?? '').split(/\s+/).filter((line) => line !== '')),
];

/** What the client says of itself, for a kind of application or one that is there already. */
export function metadataOf(typed: Typed, shape: Pick<ClientKind, 'applicationType' | 'redirects'>) {
  const { client_name, jwks_uri, scope, client_uri, logo_uri } = typed;
  return {
    client_name: client_name?.trim() || undefined,
    ...(shape.redirects && {
      redirect_uris: linesOf(typed.redirect_uris),
      post_logout_redirect_uris: some(linesOf(typed.post_logout_redirect_uris)),
    }),
    ...(shape.applicationType && { application_type: shape.applicationType }),
    ...{ jwks_uri: jwks_uri?.trim() || undefined, client_uri: client_uri?.trim() || undefined },
    ...{ logo_uri: logo_uri?.trim() || undefined, scope: linesOf(scope).join(' ') || undefined },
  };
}

const some = (list: string[]): string[] | undefined => (list.length > 0 ? list : undefined);

export const standingOf = (typed: Typed) => ({
  trusted: typed.trusted !== undefined,
  roles: linesOf(typed.roles),
  allowed_origins: linesOf(typed.allowed_origins),
});

/** A new client of that kind. */
export function newClientOf(kind: ClientKind, typed: Typed): NewClientAsked {
  const method = kind.methods.find((one) => one === typed.token_endpoint_auth_method) ?? kind.methods[0];
  return {
    metadata: {
      ...metadataOf(typed, kind),
      token_endpoint_auth_method: method,
      grant_types: [...kind.grantTypes, ...(kind.mayStay && typed.stay !== undefined ? ['refresh_token'] : [])],
    },
    ...standingOf(typed),
  };
}

type Say = Words['consoleClients']['problems'];

/** Everything that is wrong with what was typed, by field. */
export function problemsOf(
  typed: Typed,
  shape: Pick<ClientKind, 'applicationType' | 'redirects'> & { needsKeys: boolean },
  say: Say,
): Problems {
  const { success, error } = ClientChangesRequest.safeParse(standingOf(typed));
  const about = (field: string) => error?.issues.find(({ path }) => path[0] === field)?.message;
  const problems: Record<ClientField, string | undefined> = {
    client_name:
      (typed.client_name ?? '').trim() === '' || (typed.client_name ?? '').length > 200 ? say.name : undefined,
    redirect_uris: shape.redirects ? addressProblems(typed.redirect_uris, shape.applicationType, say) : undefined,
    post_logout_redirect_uris: typed.post_logout_redirect_uris
      ? addressProblems(typed.post_logout_redirect_uris, shape.applicationType, say)
      : undefined,
    jwks_uri: webAddress(typed.jwks_uri) ? (shape.needsKeys && !typed.jwks_uri ? say.keys : undefined) : say.address,
    client_uri: webAddress(typed.client_uri) ? undefined : say.address,
    logo_uri: webAddress(typed.logo_uri) ? undefined : say.address,
    scope: scopesRead(typed.scope) ? undefined : say.scope,
    roles: success ? undefined : about('roles') && say.roles,
    allowed_origins: success ? undefined : about('allowed_origins') && say.origins,
    ...{ token_endpoint_auth_method: undefined, stay: undefined, trusted: undefined },
  };
  return Object.fromEntries(Object.entries(problems).filter(([, problem]) => problem !== undefined));
}

/** What is wrong with each of the addresses that stand on lines of the text. */
export function addressProblems(
  text: string | undefined,
  applicationType: string | undefined,
  say: Say,
): string | undefined {
  const uris = linesOf(text);
  if (uris.length === 0) return say.noRedirect;
  const wrong = uris.flatMap((uri) => {
    try {
      checkRedirectUri(uri, applicationType);
      return [];
    } catch (error) {
      if (!(error instanceof OAuthError)) throw error;
      return [error.description];
    }
  });
  return wrong.length > 0 ? wrong.join(' ') : undefined;
}

const webAddress = (text = ''): boolean =>
  text === '' || (text.length <= 2000 && URL.canParse(text) && /^https?:/.test(new URL(text).protocol));

function scopesRead(text = ''): boolean {
  try {
    parseScope(linesOf(text).join(' '));
    return true;
  } catch {
    return false;
  }
}
