/** Who may administer: a person with the role, by a token or key with the scope; on loopback also the local command. */
import type { Context, MiddlewareHandler } from 'hono';
import { localCommandTokenHolds } from '../protocol/local-command.ts';
import { OAuthError } from '../protocol/oauth-error.ts';
import { ADMIN_SCOPE, ADMINISTRATOR } from '../protocol/scope.ts';
import { requireTokenOrKey } from '../resource-server/require-key.ts';
import { actorOfPrincipal, type Web } from '../web/context.ts';

/** On loopback only: elsewhere nothing but a token will do. */
function isLocalCommand(c: Context<Web>): boolean {
  const { config, moment } = c.get('deps');
  const token = (c.req.header('authorization') ?? '').replace(/^Bearer /, '');
  return config.isLoopback && localCommandTokenHolds(config.root, config.issuer, moment.now, token);
}

const guard = requireTokenOrKey(ADMIN_SCOPE);

/** @throws OAuthError access_denied for a person without the role. */
export const requireAdministrator: MiddlewareHandler<Web> = async function requireAdministrator(c, next) {
  if (isLocalCommand(c)) return next();
  return guard(c, async () => {
    if (!c.get('principal').person.roles.includes(ADMINISTRATOR)) {
      throw new OAuthError('access_denied', `this needs the role ${ADMINISTRATOR}.`);
    }
    await next();
  });
};

/** Whom the audit log names. */
export function actorOf(c: Context<Web>): string {
  const principal = c.get('principal') as Web['Variables']['principal'] | undefined;
  return principal ? actorOfPrincipal(principal) : 'command';
}
