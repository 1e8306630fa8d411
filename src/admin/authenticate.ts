/** Who may administer: a person with the role, by a token with the scope; on loopback also the local command. */
import type { Context, MiddlewareHandler } from 'hono';
import type { RootSecrets } from '../crypto/seal.ts';
import { MINUTE } from '../protocol/lifetimes.ts';
import { OAuthError } from '../protocol/oauth-error.ts';
import { ADMIN_SCOPE } from '../protocol/scope.ts';
import { requireToken } from '../resource-server/require-token.ts';
import type { Web } from '../web/context.ts';

/** The role that may administer. */
export const ADMINISTRATOR = 'administrator';

const LOCAL_COMMAND = /^Bearer pl_(\d{13})_([A-Za-z0-9_-]{43})$/;

/**
 * What the local command proves itself with: that it can read the root secret. Good for a minute, for this issuer, and
 * only where the issuer is loopback.
 */
export function localCommandToken(root: RootSecrets, issuer: string, now: number): string {
  const until = now + MINUTE;
  return `pl_${until}_${root.mac('local-command', `${issuer} ${until}`)}`;
}

function isLocalCommand(c: Context<Web>): boolean {
  const { config, moment } = c.get('deps');
  const [, until, mac] = LOCAL_COMMAND.exec(c.req.header('authorization') ?? '') ?? [];
  if (!config.isLoopback || !until || !mac) return false;
  const isNow = Number(until) > moment.now && Number(until) <= moment.now + 2 * MINUTE;
  return isNow && config.root.macMatches('local-command', `${config.issuer} ${until}`, mac);
}

const guard = requireToken(ADMIN_SCOPE);

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
  return principal ? `person:${principal.person.id}` : 'command';
}
