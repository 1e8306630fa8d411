/**
 * A user whose browser goes from site to site: follows redirects and form posts, and fills in the pages of this server.
 */
import { request as httpRequest, type OutgoingHttpHeaders } from 'node:http';
import { inject } from 'vitest';
import { parseForm, text, User } from '../support/user.ts';

type Decisions = { consent?: 'allow' | 'deny' };
type Step = { url: URL; init?: RequestInit };

export type Page = { url: URL; status: number; headers: Headers; text: string };

export class Visitor {
  readonly #sites = new Map<string, User>();
  /** Every address that was visited, for messages. */
  readonly trail: string[] = [];

  /** One request with the cookies of that site; redirects are not followed. */
  request({ url, init }: Step): Promise<Response> {
    const site = this.#sites.get(url.origin) ?? new User(navigate, url.origin);
    this.#sites.set(url.origin, site);
    this.trail.push(url.href);
    return site.request(url.href, init);
  }

  /** Opens an address and goes on, from site to site, until a page asks for nothing. */
  async open(address: string, decisions: Decisions = {}): Promise<Page> {
    let step: Step | undefined = { url: new URL(address) };
    for (let hops = 0; hops < 20; hops++) {
      const response = await this.request(step);
      const html = await response.text();
      const next = nextStep(step.url, response, html, decisions);
      if (!next) return { url: step.url, status: response.status, headers: response.headers, text: text(html) };
      step = next;
    }
    throw new Error(`the pages never end: ${this.trail.join('\n')}`);
  }
}

function nextStep(at: URL, response: Response, html: string, { consent = 'allow' }: Decisions): Step | undefined {
  const location = response.headers.get('location');
  if (location) return { url: new URL(location, at) };
  if (at.origin !== inject('worker').url) return undefined;
  const { email, password } = inject('worker');
  if (html.includes('action="/sign-in"')) return formOf(at, html, '/sign-in', { email, password });
  if (html.includes('action="/consent"')) return formOf(at, html, '/consent', { decision: consent });
  if (html.includes('action="/end-session/confirm"'))
    return formOf(at, html, '/end-session/confirm', { decision: 'sign-out' });
  const answer = /action="(https?:[^"]+)"/.exec(html)?.[1];
  return answer ? formOf(at, html, answer, {}) : undefined;
}

/** Sends a form as its page made it, with what the user typed. */
function formOf(at: URL, html: string, action: string, typed: Record<string, string>): Step {
  const kept = parseForm(html, action).fields.filter(([name]) => !(name in typed));
  const body = new URLSearchParams([...kept, ...Object.entries(typed)]).toString();
  const headers = { 'content-type': 'application/x-www-form-urlencoded', origin: at.origin };
  return { url: new URL(action.replaceAll('&amp;', '&'), at), init: { method: 'POST', body, headers } };
}

/** Navigates like a browser, without `sec-fetch-mode: cors` of fetch, which some servers treat differently. */
function navigate(url: string, init: RequestInit = {}): Promise<Response> {
  const headers: OutgoingHttpHeaders = {
    ...Object.fromEntries(new Headers(init.headers)),
    'sec-fetch-mode': 'navigate',
    'sec-fetch-dest': 'document',
  };
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, { method: init.method ?? 'GET', headers, agent: false }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk) => chunks.push(chunk));
      answer.on('error', reject).on('end', () => {
        const pairs = Object.entries(answer.headersDistinct).flatMap(([name, values = []]) =>
          values.map((value): [string, string] => [name, value]),
        );
        const status = answer.statusCode ?? 0;
        const body = status === 204 || status === 304 ? null : Buffer.concat(chunks);
        resolve(new Response(body, { status, headers: pairs }));
      });
    });
    request.on('error', reject).end(init.body);
  });
}
