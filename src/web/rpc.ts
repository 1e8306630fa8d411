/** How we speak RPC to Workers of the same account: what a call carries, its line in the log, and its failures. */
import { type Bindings, type Config, readConfig } from '../config.ts';
import { randomText } from '../crypto/random.ts';
import { OAuthError } from '../protocol/oauth-error.ts';
import type { Registry } from '../protocol/resource.ts';
import type { Settings } from '../protocol/settings.ts';
import type { Moment } from '../storage/audit.ts';
import { Databases } from '../storage/database.ts';
import { readRegistry } from '../storage/resources.ts';
import { readSettings } from '../storage/settings.ts';
import { asOAuthError, rootCause } from './failure.ts';

/** What the calling Worker's binding says of it (`props`). */
export type CallerProps = { caller?: string };

export type RpcDeps = {
  config: Config;
  databases: Databases;
  moment: Moment;
  /** Whom the audit log names. */
  actor: string;
  settings: () => Promise<Settings>;
  registry: () => Promise<Registry>;
};

/** Whom the audit log names. */
export const actorOfCaller = (props: CallerProps | undefined) => `worker:${props?.caller ?? 'unnamed'}`;

/** The dependencies of one call. @throws ConfigError */
export function rpcDeps(env: Bindings, props: CallerProps | undefined): RpcDeps {
  const databases = new Databases(env);
  const moment = { requestId: randomText(16), now: Date.now() };
  return {
    ...{ config: readConfig(env), databases, moment, actor: actorOfCaller(props) },
    settings: () => readSettings(databases, moment.now),
    registry: () => readRegistry(databases, moment.now),
  };
}

/** Runs a call, logs it, and gives every failure to `refuse`: a caller is told, and never has to catch. */
export async function answerRpc<T>(
  { moment, actor }: Pick<RpcDeps, 'moment' | 'actor'>,
  method: string,
  answer: () => Promise<T>,
  refuse: (error: OAuthError) => T | Promise<T>,
): Promise<T> {
  const line: Record<string, unknown> = { at: new Date(moment.now).toISOString(), request_id: moment.requestId };
  Object.assign(line, { rpc: method, by: actor });
  try {
    return await answer();
  } catch (thrown) {
    // The caller's own mistake, which no retry mends: its author must see it.
    if (thrown instanceof TypeError) throw thrown;
    const error =
      asOAuthError(thrown) ?? new OAuthError('server_error', 'Something went wrong here.', { cause: thrown });
    line.error = error.code;
    line.why = error.description;
    if (error.cause !== undefined) line.cause = rootCause(error.cause);
    return await refuse(error);
  } finally {
    console.log(JSON.stringify({ ...line, ms: Date.now() - moment.now }));
  }
}

/** A failure that is not about the token: the stores do not answer, or something is broken here. */
export function unavailable({ code, description, status, headers }: OAuthError) {
  return { error: code as 'temporarily_unavailable' | 'server_error', description, status: status as number, headers };
}
