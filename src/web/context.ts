/** What a request carries: built once at the door, so that nothing below a handler sees Hono. */
import type { MiddlewareHandler } from 'hono';
import { type Bindings, type Config, readConfig } from '../config.ts';
import { randomText } from '../crypto/random.ts';
import type { Capabilities } from '../protocol/client-metadata.ts';
import type { ApiKeyId, SessionId } from '../protocol/credentials.ts';
import type { Registry } from '../protocol/resource.ts';
import type { Settings } from '../protocol/settings.ts';
import type { Moment } from '../storage/audit.ts';
import { Databases, type Place } from '../storage/database.ts';
import type { Person } from '../storage/people.ts';
import { readLatestRegistry, readRegistry } from '../storage/resources.ts';
import { readSettings } from '../storage/settings.ts';
import { FALLBACK } from '../words/index.ts';
import { reportFailure } from './failure.ts';

export type Deps = {
  config: Config;
  databases: Databases;
  codes: KVNamespace;
  /** What others publish: documents, keys, logos. */
  cache: KVNamespace;
  /** Where mail goes out, if the operator has bound it. */
  email: SendEmail | undefined;
  ceilings: Record<
    | 'registration'
    | 'pushedRequest'
    | 'unknownClient'
    | 'failedAuthentication'
    | 'outbound'
    | 'outboundOrigin'
    | 'outboundRecorded',
    RateLimit
  >;
  /** The request's id and its one time, in milliseconds. */
  moment: Moment;
  /** The caller's network: an IPv4 address, or the /64 of an IPv6 one. */
  network: string;
  place: Place;
  /** What this server can do, for those who must not know how. */
  capabilities: Capabilities;
  settings: () => Promise<Settings>;
  /** The registered resources, as this isolate or the nearest replica has them. */
  registry: () => Promise<Registry>;
  /** The same as the primary has them; what this request asks for later follows. */
  latestRegistry: () => Promise<Registry>;
  /** Work that goes on behind the response; its failure is logged. */
  later: (what: string, work: Promise<unknown>) => void;
  /** What the sign-in page offers beside passwords and passkeys. */
  waysToSignIn: () => Promise<WayToSignIn[]>;
  /** Tells, behind the response, whoever must know that these sessions are over. */
  sessionsEnded: (ended: SessionId[]) => void;
};

/** What the rooms above do for those below. */
export type Above = {
  capabilitiesOf: (config: Config) => Capabilities;
  tellOfEnd: (deps: Deps, ended: SessionId[] | undefined) => Promise<void>;
  waysToSignIn: (deps: Deps) => Promise<WayToSignIn[]>;
};

/** A button of the sign-in page that another room has put there. */
export type WayToSignIn = {
  /** Where its form is sent. */
  action: string;
  name: string;
  /** Whether it can be told that somebody signs in there just now, and did not only come back. */
  provesFresh: boolean;
};

export type Facts = Record<string, unknown>;

export type Web = {
  Bindings: Bindings;
  Variables: {
    deps: Deps;
    /** What the log line of this request tells beside its method, path and status. No secret. */
    facts: Facts;
    /** What the page is written in. */
    language: string;
    /** The pages about oneself, of all rooms. */
    accountLinks: readonly { section: string; href: string; roles?: readonly string[] }[];
    /** Origins that an administrator allowed for the client that this request proved to be. */
    clientOrigins: string[];
    /** Set by the guard of a protected resource. */
    principal: Principal;
    /** A token that came in the body (RFC 6750 §2.2), where that is allowed. */
    bodyToken: string | undefined;
  };
};

/** Whom a request with a token or an API key speaks for, and what it may do. */
export type Principal = {
  person: Person;
  scopes: string[];
  /** Seconds. */
  expiresAt: number;
} & ({ by: 'token'; clientId: string; claims: readonly string[] } | { by: 'api-key'; keyId: ApiKeyId });

/** Whom the audit log names. */
export const actorOfPrincipal = (principal: Principal): string =>
  principal.by === 'api-key' ? `api-key:${principal.keyId}` : `person:${principal.person.id}`;

/** Builds the dependencies of a request. */
export function provideDeps(above: Above): MiddlewareHandler<Web> {
  return async function buildDeps(c, next) {
    const cf = c.req.raw.cf as Place | undefined;
    const network = networkOf(c.req.header('cf-connecting-ip') ?? '');
    const place = { continent: cf?.continent, longitude: cf?.longitude };
    c.set('facts', {});
    c.set('language', FALLBACK);
    c.set('accountLinks', []);
    c.set('clientOrigins', []);
    const waitUntil = (work: Promise<unknown>) => c.executionCtx.waitUntil(work);
    c.set('deps', makeDeps(c.env, { ...above, network, place, now: Date.now(), waitUntil }));
    await next();
  };
}

type Occasion = Above & Pick<Deps, 'network' | 'place'> & { now: number; waitUntil: (work: Promise<unknown>) => void };

/** The dependencies of a request, or of a run of the cron. */
export function makeDeps(
  env: Bindings,
  { capabilitiesOf, tellOfEnd, waysToSignIn, network, place, now, waitUntil }: Occasion,
): Deps {
  const config = readConfig(env);
  const moment = { requestId: randomText(16), now };
  const databases = new Databases(env);
  let settings: Promise<Settings> | undefined;
  let registry: Promise<Registry> | undefined;
  const deps: Deps = {
    ...{
      config,
      capabilities: capabilitiesOf(config),
      databases,
      codes: env.CODES,
      cache: env.CACHE,
      email: env.EMAIL,
    },
    ...{ ceilings: ceilingsOf(env), moment, network, place },
    settings: () => {
      settings ??= readSettings(databases, moment.now);
      // Most requests need both: they share a round. Whoever asks for it hears of its failure.
      registry ??= readRegistry(databases, moment.now);
      registry.catch(() => undefined);
      return settings;
    },
    registry: () => {
      registry ??= readRegistry(databases, moment.now);
      return registry;
    },
    latestRegistry: () => {
      registry = readLatestRegistry(databases, moment.now);
      return registry;
    },
    later: (what, work) => waitUntil(work.catch((error) => reportFailure(moment.requestId, what, error))),
    waysToSignIn: () => waysToSignIn(deps),
    sessionsEnded: (ended) => {
      if (ended.length > 0) deps.later('tell that sessions are over', tellOfEnd(deps, ended));
    },
  };
  return deps;
}

const ceilingsOf = (env: Bindings): Deps['ceilings'] => ({
  registration: env.REGISTRATION_CEILING,
  pushedRequest: env.PUSHED_REQUEST_CEILING,
  unknownClient: env.UNKNOWN_CLIENT_CEILING,
  failedAuthentication: env.FAILED_AUTHENTICATION_CEILING,
  outbound: env.OUTBOUND_CEILING,
  outboundOrigin: env.OUTBOUND_ORIGIN_CEILING,
  outboundRecorded: env.OUTBOUND_RECORDED_CEILING,
});

/** One household or machine has a /64 of IPv6: counted by address, it would be nobody twice. */
export function networkOf(address: string): string {
  if (!address.includes(':')) return address;
  const [head = '', tail] = address.split('::');
  const left = head.split(':').filter(Boolean);
  const right = (tail ?? '').split(':').filter(Boolean);
  const zeros = tail === undefined ? 0 : 8 - left.length - right.length;
  const groups = [...left, ...Array<string>(Math.max(0, zeros)).fill('0'), ...right];
  return `${groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, '').toLowerCase())
    .join(':')}::/64`;
}
