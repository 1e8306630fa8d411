/** An endpoint where a client comes with its own proof: a form, sent by POST, that says who sends it. */
import type { Context } from 'hono';
import { OAuthError } from '../../../protocol/oauth-error.ts';
import { proofWasSpent, wasSpent } from '../../../storage/spent.ts';
import { readForm } from '../../../web/body.ts';
import type { Web } from '../../../web/context.ts';
import type { Parameters } from '../../../web/parameters.ts';
import { authenticateClient, withChallenge } from './index.ts';
import type { Caller } from './method.ts';

type Answer = (c: Context<Web>, caller: Caller, form: Parameters) => Promise<object>;

/** Reads the form, authenticates the client, and sends what `answer` gives, which no cache may keep. */
export function forClients(answer: Answer, status: 200 | 201 = 200) {
  return async function answerClient(c: Context<Web>) {
    const deps = c.get('deps');
    const form = await readForm(c);
    form.refuseDuplicates();
    const caller = await authenticateClient(deps, { authorization: c.req.header('authorization'), form });
    c.set('clientOrigins', caller.client.allowedOrigins);
    c.get('facts').client = caller.client.id;
    try {
      // RFC 6749 §5.1: MUST include "Cache-Control: no-store" and "Pragma: no-cache" in any response containing tokens.
      return c.json(await answer(c, caller, form), status, { 'Cache-Control': 'no-store', Pragma: 'no-cache' });
    } catch (error) {
      // RFC 9449 §11.1: servers can store the jti of each proof, and decline one that was used before.
      if (proofWasSpent(error)) throw new OAuthError('invalid_dpop_proof', 'the DPoP proof was used before.');
      if (!wasSpent(error)) throw error;
      // RFC 7523 §3: the authorization server MAY ensure that JWTs are not replayed: an assertion is good once.
      throw withChallenge(deps, new OAuthError('invalid_client', 'the client assertion was used before.'));
    }
  };
}
