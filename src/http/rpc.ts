/** RPC with Workers of the same account over service bindings: permissions of the caller, log line, errors. */
import { ConfigError } from '../config/config-error.ts';
import { type Bindings, type Config, readConfig } from '../config.ts';
import { randomText } from '../crypto/random.ts';
import { escapeControlCharacters } from '../protocol/control-characters.ts';
import { OAuthError } from '../protocol/oauth-error.ts';
import type { ResourceRegistry } from '../protocol/resource.ts';
import type { Settings } from '../protocol/settings.ts';
import { Databases } from '../storage/database/database.ts';
import type { RequestClock } from '../storage/server/audit.ts';
import { readRegistry, readRegistryFromPrimary } from '../storage/server/resources.ts';
import { readSettings } from '../storage/server/settings.ts';
import { findOAuthError, logError, rootCause } from './error-cause.ts';
import { type CallerProps, parseCallerProps } from './rpc-caller.ts';

export type RpcDeps = {
  config: Config;
  databases: Databases;
  moment: RequestClock;
  /** The caller, in the audit log. */
  actor: string;
  /** The resources of the tokens that the caller may introspect, in canonical form; undefined for every resource. */
  allowedResources: readonly string[] | undefined;
  settings: () => Promise<Settings>;
  registry: () => Promise<ResourceRegistry>;
  latestRegistry: () => Promise<ResourceRegistry>;
  /** Work that continues after the answer; a failure is logged. */
  waitUntil: (what: string, work: Promise<unknown>) => void;
};

/** Reads the configuration. @throws Error without the reason, which is logged and not told to the caller. */
function loadConfig(env: Bindings): Config {
  try {
    return readConfig(env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    console.error(JSON.stringify({ configuration: error.message }));
    throw new Error('This server cannot answer at present.');
  }
}

/** The dependencies of one call. @param waitUntil of its execution context. @throws TypeError for wrong `props`. */
export function rpcDeps(
  env: Bindings,
  props: CallerProps | undefined,
  waitUntil: (work: Promise<unknown>) => void,
): RpcDeps {
  const { actor, allowedResources } = parseCallerProps(props);
  const databases = new Databases(env);
  const moment = { requestId: randomText(16), now: Date.now() };
  return {
    config: loadConfig(env),
    databases,
    moment,
    actor,
    allowedResources,
    settings: () => readSettings(databases, moment.now),
    registry: () => readRegistry(databases, moment.now),
    latestRegistry: () => readRegistryFromPrimary(databases, moment.now),
    waitUntil: (what, work) => waitUntil(work.catch((error) => logError(moment.requestId, what, error))),
  };
}

/** The fields of a call's log line, each a name or an id and never a secret. */
export type RpcLogFields = Partial<Record<'app' | 'user' | 'client' | 'resource', string>>;

/** Longer than any id: a caller may send arbitrary text. */
const MAX_FIELD_LENGTH = 200;

/**
 * Runs a call and logs it. Every failure becomes the result of `refuse`, so a caller need not catch.
 * @param fields of the log line; `answer` may add to them.
 */
export async function runRpc<T>(
  { moment, actor }: Pick<RpcDeps, 'moment' | 'actor'>,
  method: string,
  answer: () => Promise<T>,
  refuse: (error: OAuthError) => T | Promise<T>,
  fields: RpcLogFields = {},
): Promise<T> {
  const line: Record<string, unknown> = { at: new Date(moment.now).toISOString(), request_id: moment.requestId };
  Object.assign(line, { rpc: method, by: actor });
  try {
    return await answer();
  } catch (thrown) {
    // A programming error of the caller, which no retry fixes: it is thrown.
    if (thrown instanceof TypeError) {
      line.error = 'wrong_call';
      line.why = thrown.message;
      throw thrown;
    }
    const error =
      findOAuthError(thrown) ?? new OAuthError('server_error', 'Something went wrong here.', { cause: thrown });
    line.error = error.code;
    line.why = error.description;
    if (error.cause !== undefined) line.cause = rootCause(error.cause);
    return await refuse(error);
  } finally {
    for (const [name, value] of Object.entries(fields)) line[name] = value.slice(0, MAX_FIELD_LENGTH);
    console.log(escapeControlCharacters(JSON.stringify({ ...line, ms: Date.now() - moment.now })));
  }
}

/** The result for an error that is not about the token: storage unavailable, or an internal error. */
export function unavailableError({ code, description, status, headers }: OAuthError) {
  return { error: code as 'temporarily_unavailable' | 'server_error', description, status: status as number, headers };
}
