/** The Worker's entry: HTTP, the cron, and the entry points for Workers of the same account. */
import { WorkerEntrypoint } from 'cloudflare:workers';
import type {
  IntrospectionAnswer,
  RevocationAnswer,
  TokenExpectations,
  TokenService,
  VerificationAnswer,
} from '@postern/resource-server';
import type { Hono } from 'hono';
import { ConfigError } from './config/config-error.ts';
import type { Bindings } from './config.ts';
import { makeDeps } from './http/build-deps.ts';
import type { Web } from './http/context.ts';
import { cachedDocuments } from './http/edge-cache.ts';
import type { CallerProps } from './http/rpc-caller.ts';
import { makeDocument, sentDocument } from './http/sent-documents.ts';
import type { AssertionGrant } from './oauth-client/assertion-grant.ts';
import type { ConnectionToken } from './oauth-client/connections.ts';
import type { ConnectionError } from './oauth-client/rpc.ts';
import { FRAPPE_METHODS } from './protocol/frappe-paths.ts';
import { createProtocolApp, isProtocolPath } from './protocol-app.ts';
import { HOOKS } from './request-chain.ts';

const protocolApp = createProtocolApp();

let wholeApp: Promise<Hono<Web>> | undefined;

/** The app with every route but those of the console, evaluated when the first path is asked for that no other answers. */
function loadWholeApp(): Promise<Hono<Web>> {
  wholeApp ??= import('./app.ts').then(({ createApp }) => createApp());
  return wholeApp;
}

let consoleApp: Promise<Hono<Web>> | undefined;

function loadConsoleApp(): Promise<Hono<Web>> {
  consoleApp ??= import('./console-app.ts').then(({ createConsoleApp }) => createConsoleApp());
  return consoleApp;
}

let frappeApp: Promise<Hono<Web>> | undefined;

function loadFrappeApp(): Promise<Hono<Web>> {
  frappeApp ??= import('./frappe-app.ts').then(({ createFrappeApp }) => createFrappeApp());
  return frappeApp;
}

/** The app that answers a path. */
function appFor(path: string): Hono<Web> | Promise<Hono<Web>> {
  if (isProtocolPath(path)) return protocolApp;
  if (path.startsWith(FRAPPE_METHODS)) return loadFrappeApp();
  return /^\/console(\/|$)/.test(path) ? loadConsoleApp() : loadWholeApp();
}

/** Answers 503 where the configuration is invalid: the only failure before a handler runs. */
async function answer(respond: () => Response | Promise<Response>): Promise<Response> {
  try {
    return await respond();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    // The message is for administrators: in the log.
    console.error(JSON.stringify({ configuration: error.message }));
    return new Response('This server cannot answer at present.\n', {
      status: 503,
      headers: { 'retry-after': '60', 'cache-control': 'no-store' },
    });
  }
}

export default {
  fetch(request, env, context) {
    const sent = sentDocument(request, env);
    if (sent) return sent;
    return answer(async () => {
      const { pathname } = new URL(request.url);
      const app = await appFor(pathname);
      const isDocument =
        app === protocolApp && pathname.startsWith('/.well-known/') && ['GET', 'HEAD'].includes(request.method);
      if (!isDocument) return app.fetch(request, env, context);
      const documents = cachedDocuments(context);
      if (documents) return documents.fetch(request);
      return makeDocument(request, env, pathname, () => app.fetch(request, env, context));
    });
  },

  /** The cron, every five minutes, in one Cloudflare location. */
  async scheduled(controller, env, context) {
    const { runScheduled } = await import('./scheduled.ts');
    await runScheduled(controller, env, context);
  },
} satisfies ExportedHandler<Bindings>;

/** Metadata and keys, behind Workers Cache (`exports` in wrangler.toml). The default entry forwards requests for them. */
export class Documents extends WorkerEntrypoint<Bindings> {
  override fetch(request: Request): Promise<Response> {
    return answer(() => protocolApp.fetch(request, this.env, this.ctx));
  }

  /** Removes the stored documents: a purge reaches only those of the entry point that calls it. */
  async purge(): Promise<void> {
    const { purgeDocuments } = await import('./http/edge-purge.ts');
    await purgeDocuments(this.ctx);
  }
}

// A request by HTTP needs nothing of it.
const rpc = () => import('./http/rpc.ts');

async function tokenDeps(env: Bindings, context: ExecutionContext<CallerProps>) {
  const { rpcDeps } = await rpc();
  return rpcDeps(env, context.props, (work) => context.waitUntil(work));
}

/** Token validation, introspection and revocation for Workers of the same account, by service binding. */
export class Tokens extends WorkerEntrypoint<Bindings, CallerProps> implements TokenService {
  async verify(credentials: string | null | undefined, expected: TokenExpectations): Promise<VerificationAnswer> {
    const { verifyForWorker } = await import('./protected-resources/rpc.ts');
    return verifyForWorker(await tokenDeps(this.env, this.ctx), credentials, expected);
  }

  async introspect(token: string): Promise<IntrospectionAnswer> {
    const { introspectForWorker } = await import('./authorization-server/rpc.ts');
    return introspectForWorker(await tokenDeps(this.env, this.ctx), token);
  }

  async revoke(token: string): Promise<RevocationAnswer> {
    const { revokeForWorker } = await import('./authorization-server/rpc.ts');
    return revokeForWorker(await tokenDeps(this.env, this.ctx), token);
  }
}

/** Tokens of connected apps for Workers of the same account (`entrypoint = "Connections"`, `props.apps`). */
export class Connections extends WorkerEntrypoint<Bindings, CallerProps> {
  /**
   * A valid access token, if `raw_tokens` of the app allows Workers.
   * @param user the id of the user; '' for the app itself.
   */
  async token(app: string, user: string, scopes: string[] = []): Promise<ConnectionToken | ConnectionError> {
    const { tokenForWorker } = await import('./oauth-client/rpc.ts');
    return tokenForWorker(await this.#deps(), app, user, scopes);
  }

  /**
   * Connects an app without a browser, if `props.connects` allows it: by an assertion that its server accepts, or by an
   * id_token of the issuer of another connected app (`identity_provider`).
   * @param user the id of the user; '' for the app itself.
   */
  async connectByAssertion(
    app: string,
    user: string,
    grant: AssertionGrant,
  ): Promise<{ scope: string } | ConnectionError> {
    const { connectForWorker } = await import('./oauth-client/rpc.ts');
    return connectForWorker(await this.#deps(), app, user, grant);
  }

  /**
   * Forwards the request with a valid access token, which is not revealed to the caller. The headers `postern-app` and
   * `postern-user` (none for the app itself) select the connection.
   */
  override async fetch(request: Request): Promise<Response> {
    const { fetchForWorker } = await import('./oauth-client/rpc.ts');
    return fetchForWorker(await this.#deps(), request);
  }

  async #deps() {
    const { parseCallerProps } = await import('./http/rpc-caller.ts');
    const { env, ctx } = this;
    const waitUntil = (work: Promise<unknown>) => ctx.waitUntil(work);
    const deps = makeDeps(env, { ...HOOKS, network: 'worker', site: 'worker', place: {}, now: Date.now(), waitUntil });
    const { actor, apps, connects } = parseCallerProps(ctx.props);
    return { ...deps, actor, apps, connects };
  }
}
