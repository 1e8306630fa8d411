/**
 * Behaviours of real MCP clients around their tokens, as public threads report them. Each signs in once, and then does
 * in every hour of use what the thread describes.
 */
import type { Tokens } from './client.ts';

/** The surroundings of a client: a clock that the test moves, the user's browser, and the authorization server. */
export type Surroundings = {
  /** Lets time pass, in milliseconds. */
  wait: (milliseconds: number) => void;
  /** Registers the client with the same metadata. @returns its id. */
  register: () => Promise<string>;
  /** Sends a refresh request. @returns undefined where it is refused. */
  refresh: (refreshToken: string, parameters?: Record<string, string>) => Promise<Tokens | undefined>;
  /** Calls the API. @returns the status. */
  call: (accessToken: string) => Promise<number>;
  /** The user authorizes in the browser: a prompt. */
  signIn: () => Promise<Tokens>;
};

/** One hour of use, after the access token of the last one expired. */
type Hour = () => Promise<void>;

export type Behaviour = {
  name: string;
  source: string;
  /** The grace period that the documentation advises for such a client, in seconds. */
  graceSeconds?: number;
  start: (around: Surroundings) => Promise<Hour>;
};

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** Refreshes with the kept token; refused, the user signs in again. */
async function renew(around: Surroundings, kept: Tokens, parameters?: Record<string, string>): Promise<Tokens> {
  return (await around.refresh(kept.refresh_token, parameters)) ?? around.signIn();
}

const refreshing = (parameters?: Record<string, string>) => async (around: Surroundings) => {
  let kept = await around.signIn();
  return async () => {
    kept = await renew(around, kept, parameters);
  };
};

export const RESOURCE = 'https://notes.example.com/mcp';

export const BEHAVIOURS: readonly Behaviour[] = [
  {
    name: 'refreshes only after the API refused the expired token',
    source: 'https://github.com/danny-avila/LibreChat/issues/13364',
    async start(around) {
      let kept = await around.signIn();
      return async () => {
        if ((await around.call(kept.access_token)) === 401) kept = await renew(around, kept);
      };
    },
  },
  {
    name: 'refreshes without a scope',
    source: 'https://github.com/anthropics/claude-code/issues/89862',
    start: refreshing(),
  },
  {
    name: 'refreshes with every scope of the metadata, granted or not',
    source: 'https://github.com/anthropics/claude-ai-mcp/issues/228',
    start: refreshing({ scope: 'openid profile email roles api_keys connections grants admin offline_access' }),
  },
  {
    name: 'refreshes once for each of five calls at the same time',
    source: 'https://github.com/anomalyco/opencode/issues/34074',
    async start(around) {
      let kept = await around.signIn();
      return async () => {
        const answers = await Promise.all(Array.from({ length: 5 }, () => around.refresh(kept.refresh_token)));
        kept = answers.at(-1) ?? (await around.signIn());
      };
    },
  },
  {
    name: 'runs as five processes with one store, which refresh within seconds of each other',
    source: 'https://github.com/anthropics/claude-code/issues/84440',
    async start(around) {
      let store = await around.signIn();
      return async () => {
        const read = store;
        for (let process = 0; process < 5; process++) {
          store = await renew(around, read);
          around.wait(5 * SECOND);
        }
      };
    },
  },
  {
    name: 'refreshes from two nodes, each with the token that both had',
    source: 'https://github.com/PrefectHQ/fastmcp/issues/4264',
    async start(around) {
      let kept = await around.signIn();
      return async () => {
        const [one, other] = [await around.refresh(kept.refresh_token), await around.refresh(kept.refresh_token)];
        kept = one ?? other ?? (await around.signIn());
      };
    },
  },
  {
    name: 'loses an answer when the network changes, and repeats the request 45 seconds later',
    source: 'https://github.com/anthropics/claude-code/issues/93014',
    async start(around) {
      let kept = await around.signIn();
      return async () => {
        await around.refresh(kept.refresh_token);
        around.wait(45 * SECOND);
        kept = await renew(around, kept);
      };
    },
  },
  {
    name: 'has a second process that keeps the token of the generation before for 40 minutes',
    source: 'https://github.com/exceptionless/Exceptionless/pull/2404',
    graceSeconds: 3600,
    async start(around) {
      let kept = await around.signIn();
      return async () => {
        const stale = kept;
        kept = await renew(around, kept);
        around.wait(40 * MINUTE);
        kept = await renew(around, stale);
      };
    },
  },
  {
    name: 'registers at each start, and keeps its tokens',
    source: 'https://github.com/anomalyco/opencode/issues/35625',
    async start(around) {
      let [kept, id] = [await around.signIn(), await around.register()];
      return async () => {
        const registered = await around.register();
        kept = registered === id ? await renew(around, kept) : await around.signIn();
        id = registered;
      };
    },
  },
  {
    name: 'names the resource with a slash at the refresh, and without one before',
    source: 'https://github.com/cloudflare/workers-oauth-provider/issues/282',
    start: refreshing({ resource: `${RESOURCE}/` }),
  },
  {
    name: 'keeps the answer as it is, with a refresh token or without one',
    source: 'https://github.com/activepieces/activepieces/pull/14450',
    async start(around) {
      let kept: Partial<Tokens> = await around.signIn();
      return async () => {
        const { refresh_token } = kept;
        kept = (refresh_token && (await around.refresh(refresh_token))) || (await around.signIn());
      };
    },
  },
  {
    name: 'refreshes ahead of time, at every start and every ten minutes',
    source: 'https://github.com/anthropics/claude-code/issues/85236',
    async start(around) {
      let kept = await around.signIn();
      return async () => {
        for (let minute = 0; minute < 60; minute += 10) {
          kept = await renew(around, kept);
          around.wait(10 * MINUTE);
        }
      };
    },
  },
];

/** Behaviours that no authorization server can help without giving up the detection of stolen refresh tokens. */
export const BEYOND_HELP: readonly Behaviour[] = [
  {
    name: 'keeps its first refresh token for good',
    source: 'https://github.com/PostHog/posthog/pull/46982',
    async start(around) {
      let first = await around.signIn();
      return async () => {
        if (!(await around.refresh(first.refresh_token))) first = await around.signIn();
      };
    },
  },
  {
    name: 'never refreshes',
    source: 'https://github.com/anthropics/claude-code/issues/76939',
    async start(around) {
      let kept = await around.signIn();
      return async () => {
        if ((await around.call(kept.access_token)) === 401) kept = await around.signIn();
      };
    },
  },
  {
    name: 'loses an answer, and repeats the request after a night',
    source: 'https://github.com/anthropics/claude-code/issues/93014',
    async start(around) {
      let kept = await around.signIn();
      return async () => {
        await around.refresh(kept.refresh_token);
        around.wait(8 * 60 * MINUTE);
        kept = await renew(around, kept);
      };
    },
  },
];
