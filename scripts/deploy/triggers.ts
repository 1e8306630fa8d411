/** The triggers of the Worker: routes, domains and cron. No command of wrangler tells them, so they are read from the addresses of Cloudflare's API that wrangler itself reads, with wrangler's token. */
import { Failure } from '../failure.ts';
import { readFromWrangler, runWrangler } from './wrangler-command.ts';

/** Deploys the domain, the address at workers.dev and the cron: for a Worker that itself is up to date. */
export const deployTriggers = () => runWrangler(['triggers', 'deploy']);

/** The triggers of a Worker: routes, domains and cron. */
export type Triggers = { domains: string[]; routes: string[]; crons: string[]; workersDev: boolean };

/** The settings of a Worker beside its versions, as Cloudflare's API names them. */
export type Script = {
  observability?: Record<string, unknown>;
  limits?: Record<string, unknown>;
  placement_mode?: string;
  logpush?: boolean;
  tail_consumers?: { service: string }[];
};

/** @throws Failure where the token may not read them. */
export async function readTriggers(account: string, worker: string): Promise<Triggers & { script: Script }> {
  const script = `/accounts/${account}/workers/scripts/${worker}`;
  const service = `/accounts/${account}/workers/services/${worker}/environments/production`;
  const domains = `/accounts/${account}/workers/domains/records?page=0&per_page=100&service=${worker}&environment=production`;
  const headers = await authorization();
  const [found, routes, { schedules }, { enabled }, { script: settings }] = await Promise.all([
    readApi<{ hostname: string }[]>(domains, headers),
    readApi<{ pattern: string }[]>(`${service}/routes?show_zonename=true`, headers),
    readApi<{ schedules: { cron: string }[] }>(`${script}/schedules`, headers),
    readApi<{ enabled: boolean }>(`${script}/subdomain`, headers),
    readApi<{ script?: Script }>(service, headers),
  ]);
  return {
    domains: found.map(({ hostname }) => hostname),
    routes: routes.map(({ pattern }) => pattern),
    crons: schedules.map(({ cron }) => cron),
    workersDev: enabled,
    script: settings ?? {},
  };
}

/** The host name that a Worker of this name has at workers.dev. @throws Failure where the account has no subdomain. */
export async function workersDevHost(account: string, worker: string): Promise<string> {
  const path = `/accounts/${account}/workers/subdomain`;
  const { subdomain } = await readApi<{ subdomain: string | null }>(path, await authorization());
  if (!subdomain) throw new Failure('the account has no subdomain at workers.dev');
  return `${worker}.${subdomain}.workers.dev`;
}

async function authorization(): Promise<Record<string, string>> {
  type Token = { type: string; token?: string; key?: string; email?: string };
  const { token, key = '', email = '' } = await readFromWrangler<Token>('auth', 'token', '--json');
  return token ? { authorization: `Bearer ${token}` } : { 'x-auth-key': key, 'x-auth-email': email };
}

async function readApi<T>(path: string, headers: Record<string, string>): Promise<T> {
  const base = process.env.CLOUDFLARE_API_BASE_URL ?? 'https://api.cloudflare.com/client/v4';
  const place = `Cloudflare's API (${path.split('?')[0]})`;
  const response = await fetch(`${base}${path}`, { headers }).catch((error) => {
    throw new Failure(`${place} cannot be reached: ${error.cause?.message ?? error.message}`);
  });
  type Answer = { success?: boolean; result?: T; errors?: { code: number; message: string }[] };
  const { success, result, errors } = (await response.json().catch(() => ({}))) as Answer;
  if (success && result !== undefined) return result;
  const [error] = errors ?? [];
  throw new Failure(
    `${place} answered ${response.status}: ${error ? `${error.message} [code: ${error.code}]` : 'no reason given'}`,
  );
}
