/**
 * Who may administer: a person with the role, by a token or key with the scope; on loopback also the local command.
 * The scope is one for both roles: it opens what the role of the person, looked at with each request, allows.
 */
import type { Context, MiddlewareHandler } from 'hono';
import { localCommandTokenHolds } from '../../protocol/local-command.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { ADMIN_SCOPE, ADMINISTRATOR, AUDITOR, mayRead, READERS } from '../../protocol/scope.ts';
import { requireTokenOrKey } from '../../resource-server/require-key.ts';
import { actorOfPrincipal, type Web } from '../../web/context.ts';
import { type Making, makingOf } from '../../web/idempotency-key.ts';

/** On loopback only: elsewhere nothing but a token will do. */
function isLocalCommand(c: Context<Web>): boolean {
  const { config, moment } = c.get('deps');
  const token = (c.req.header('authorization') ?? '').replace(/^Bearer /, '');
  return config.isLoopback && localCommandTokenHolds(config.root, config.issuer, moment.now, token);
}

const guard = requireTokenOrKey(ADMIN_SCOPE);

/** @throws OAuthError access_denied for a person whose roles do not allow the method. */
export const requireRole: MiddlewareHandler<Web> = async function requireRole(c, next) {
  if (isLocalCommand(c)) return next();
  return guard(c, async () => {
    const { roles } = c.get('principal').person;
    if (!mayRead(roles)) throw new OAuthError('access_denied', `this needs the role ${READERS.join(' or ')}.`);
    if (!READING.includes(c.req.method) && !roles.includes(ADMINISTRATOR)) {
      throw new OAuthError('access_denied', `an ${AUDITOR} changes nothing: this needs the role ${ADMINISTRATOR}.`);
    }
    await next();
  });
};

/** The methods that change nothing (RFC 9110 §9.2.1). */
const READING: readonly string[] = ['GET', 'HEAD'];

/** Whom the audit log names. */
export function actorOf(c: Context<Web>): string {
  const principal = c.get('principal') as Web['Variables']['principal'] | undefined;
  return principal ? actorOfPrincipal(principal) : 'command';
}

/** How what the request makes is named: by its `Idempotency-Key`, where it has one. */
export const makingAsked = (c: Context<Web>, request: object): Making =>
  makingOf(c.get('deps'), c.req.header('idempotency-key'), actorOf(c), { path: c.req.path, request });
