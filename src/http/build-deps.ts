/** Builds the dependencies of a request, or of a run of the cron. */
import type { Context, MiddlewareHandler } from 'hono';
import { type Bindings, readConfig } from '../config.ts';
import { randomText } from '../crypto/random.ts';
import { FALLBACK } from '../locales/languages.ts';
import type { ResourceRegistry } from '../protocol/resource.ts';
import type { Settings } from '../protocol/settings.ts';
import { Databases } from '../storage/database/database.ts';
import type { Precondition } from '../storage/database/precondition.ts';
import type { ClientLocation } from '../storage/database/shard-names.ts';
import { readRegistry, readRegistryFromPrimary } from '../storage/server/resources.ts';
import { readSettings } from '../storage/server/settings.ts';
import type { AppHooks, Deps, Web } from './context.ts';
import { cachedDocuments } from './edge-cache.ts';
import { logError } from './error-cause.ts';
import { networkOf, siteOf } from './network.ts';
import { rateLimitsOf } from './rate-limits.ts';

/** Builds the dependencies of a request. */
export function provideDeps(hooks: AppHooks): MiddlewareHandler<Web> {
  return async function buildDeps(c, next) {
    const cf = c.req.raw.cf as ClientLocation | undefined;
    const address = c.req.header('cf-connecting-ip') ?? '';
    const [network, site] = [networkOf(address), siteOf(address)];
    const place = { continent: cf?.continent, longitude: cf?.longitude };
    c.set('logFields', {});
    c.set('language', FALLBACK);
    c.set('accountLinks', []);
    c.set('clientOrigins', []);
    const waitUntil = (work: Promise<unknown>) => c.executionCtx.waitUntil(work);
    const documents = cachedDocuments(c.executionCtx);
    const languages = () => hooks.languagesOf(c);
    const origin = { network, site, place, now: Date.now(), waitUntil, documents, languages };
    c.set('deps', makeDeps(c.env, { ...hooks, ...origin }));
    await next();
  };
}

/** From here on the handler of this request changes `DB` only where the condition holds (`Databases.withPrecondition`). */
export function requirePrecondition(c: Context<Web>, condition: Precondition): void {
  const deps = c.get('deps');
  c.set('deps', { ...deps, databases: deps.databases.withPrecondition(condition, deps.moment.requestId) });
}

type RequestOrigin = AppHooks &
  Pick<Deps, 'network' | 'site' | 'place'> & {
    now: number;
    waitUntil: (work: Promise<unknown>) => void;
    /** The entry point of stored metadata, where the platform has one. */
    documents?: { purge: () => Promise<void> } | undefined;
    /** Default: none. */
    languages?: Deps['languages'];
  };

/** The dependencies of a request, or of a run of the cron. */
export function makeDeps(
  env: Bindings,
  {
    capabilitiesOf,
    notifySessionsEnded,
    signInMethods,
    providerSignOut,
    network,
    site,
    place,
    now,
    waitUntil,
    documents,
    languages = async () => [],
  }: RequestOrigin,
): Deps {
  const config = readConfig(env);
  const moment = { requestId: randomText(16), now };
  const databases = new Databases(env);
  let settings: Promise<Settings> | undefined;
  let registry: Promise<ResourceRegistry> | undefined;
  const deps: Deps = {
    config,
    capabilities: capabilitiesOf(config),
    databases,
    codes: env.CODES,
    cache: env.CACHE,
    email: env.EMAIL,
    rateLimits: rateLimitsOf(env),
    moment,
    network,
    site,
    place,
    languages,
    settings: () => {
      // The existing shards are read in the same round: every insert needs them.
      settings ??= Promise.all([readSettings(databases, moment.now), databases.knownShards('near')]).then(
        ([known]) => known,
      );
      // Most requests need both: they share a round. A failure is reported to the caller of `registry`.
      registry ??= readRegistry(databases, moment.now);
      registry.catch(() => undefined);
      return settings;
    },
    registry: () => {
      registry ??= readRegistry(databases, moment.now);
      return registry;
    },
    latestRegistry: () => {
      registry = readRegistryFromPrimary(databases, moment.now);
      return registry;
    },
    waitUntil: (what, work) => waitUntil(work.catch((error) => logError(moment.requestId, what, error))),
    documentsChanged: () => {
      if (documents) deps.waitUntil('purge stored metadata', documents.purge());
    },
    signInMethods: () => signInMethods(deps),
    providerSignOut: (session, state) => providerSignOut(deps, session, state),
    sessionsEnded: (ended) => {
      if (ended.length > 0) deps.waitUntil('send logout tokens', notifySessionsEnded(deps, ended));
    },
  };
  return deps;
}
