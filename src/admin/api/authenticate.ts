/**
 * Authentication of the admin API: a user with the role, by a token or key with the scope; on loopback also the local command.
 * Both roles share one scope: it allows what the role of the user allows, which is read with each request.
 */
import type { Context, MiddlewareHandler } from 'hono';
import { type Creation, creationFor } from '../../http/api/idempotency-key.ts';
import { auditActor, type Web } from '../../http/context.ts';
import { requireTokenOrKey } from '../../protected-resources/require-key.ts';
import { isValidLocalCommandToken } from '../../protocol/local-command-token.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { ADMINISTRATOR_ROLE, AUDITOR_ROLE, hasReaderRole, READER_ROLES } from '../../protocol/scope.ts';
import { ADMIN_SCOPE } from '../../protocol/scope-names.ts';

/** On loopback only: elsewhere nothing but a token will do. */
function isLocalCommand(c: Context<Web>): boolean {
  const { config, moment } = c.get('deps');
  const token = (c.req.header('authorization') ?? '').replace(/^Bearer /, '');
  return config.isLoopback && isValidLocalCommandToken(config.root, config.issuer, moment.now, token);
}

const guard = requireTokenOrKey(ADMIN_SCOPE);

/** @throws OAuthError access_denied for a user whose roles do not allow the method. */
export const requireRole: MiddlewareHandler<Web> = async function requireRole(c, next) {
  if (isLocalCommand(c)) return next();
  return guard(c, async () => {
    const { roles } = c.get('principal').user;
    if (!hasReaderRole(roles))
      throw new OAuthError('access_denied', `this needs the role ${READER_ROLES.join(' or ')}.`);
    if (!READING.includes(c.req.method) && !roles.includes(ADMINISTRATOR_ROLE)) {
      throw new OAuthError(
        'access_denied',
        `an ${AUDITOR_ROLE} changes nothing: this needs the role ${ADMINISTRATOR_ROLE}.`,
      );
    }
    await next();
  });
};

/** The methods that change nothing (RFC 9110 §9.2.1). */
const READING: readonly string[] = ['GET', 'HEAD'];

/** @returns the actor that the audit log names. */
export function actorOf(c: Context<Web>): string {
  const principal = c.get('principal') as Web['Variables']['principal'] | undefined;
  return principal ? auditActor(principal) : 'command';
}

/** @returns the identity of what the request creates, from its `Idempotency-Key` where it has one. */
export const creationOf = (c: Context<Web>, request: object): Creation =>
  creationFor(c.get('deps'), c.req.header('idempotency-key'), actorOf(c), { path: c.req.path, request });
