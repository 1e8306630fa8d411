/** A user with a browser that has no screen: keeps cookies, fills in forms, and stops where a client takes over. */

type Fetch = (url: string, init?: RequestInit) => Promise<Response>;

export type Form = { action: string; fields: [name: string, value: string][]; html: string };

export class User {
  readonly cookies = new Map<string, string>();
  readonly #fetch: Fetch;
  readonly #origin: string;
  /** The address that this browser comes from. */
  address = '203.0.113.1';

  constructor(fetch: Fetch, origin: string) {
    this.#fetch = fetch;
    this.#origin = origin;
  }

  /** One request with this browser's cookies; redirects are not followed. */
  async request(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    if (this.cookies.size > 0)
      headers.set('cookie', [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; '));
    headers.set('cf-connecting-ip', this.address);
    headers.set('accept', 'text/html');
    const response = await this.#fetch(this.#addressOf(path), { ...init, headers, redirect: 'manual' });
    for (const cookie of response.headers.getSetCookie()) {
      const [pair = ''] = cookie.split(';');
      const at = pair.indexOf('=');
      if (/max-age=0/i.test(cookie)) this.cookies.delete(pair.slice(0, at));
      else this.cookies.set(pair.slice(0, at), pair.slice(at + 1));
    }
    return response;
  }

  /** Opens a link of the local command at the issuer's address. */
  #addressOf(path: string): string {
    const url = new URL(path, this.#origin);
    const isLocal = url.origin === 'http://localhost:8787';
    return isLocal ? new URL(`${url.pathname}${url.search}`, this.#origin).href : url.href;
  }

  /** Follows redirects for as long as they stay here, and lead to another address than `end`. */
  async open(path: string, init: RequestInit = {}, end?: string): Promise<Response> {
    let response = await this.request(path, init);
    for (let hops = 0; hops < 10; hops++) {
      const location = response.headers.get('location');
      if (!location || location === end || isCallback(location)) return response;
      if (new URL(location, this.#origin).origin !== this.#origin) return response;
      response = await this.request(location);
    }
    throw new Error('redirected too often');
  }

  /** Sends a form as its page made it, with what the user typed. */
  send(form: Form, typed: Record<string, string> = {}, end?: string): Promise<Response> {
    const kept = form.fields.filter(([name]) => !(name in typed));
    const body = new URLSearchParams([...kept, ...Object.entries(typed)]).toString();
    const headers = { 'content-type': 'application/x-www-form-urlencoded', origin: this.#origin };
    return this.open(form.action, { method: 'POST', body, headers }, end);
  }

  /** @returns the page after it; the redirect itself where that is the account page, which most tests do not look at. */
  async signIn(email: string, password: string, path = '/sign-in'): Promise<Response> {
    return this.send(await readForm(await this.open(path), '/sign-in'), { email, password }, '/account');
  }

  /** Signs in, and opens the account page where that is what follows. */
  async openAccount(email: string, password: string, path = '/sign-in'): Promise<Response> {
    const response = await this.signIn(email, password, path);
    return response.headers.get('location') === '/account' ? this.open('/account') : response;
  }

  /** Opens an authorize URL, signs in and agrees where asked. @returns the address that the client is called at. */
  async authorise(url: string, who: { email: string; password: string }): Promise<URL> {
    let response = await this.open(url);
    for (let pages = 0; pages < 4; pages++) {
      const location = response.headers.get('location');
      if (location) return new URL(location);
      const html = await response.text();
      if (html.includes('action="/sign-in"')) response = await this.send(parseForm(html, '/sign-in'), who);
      else if (html.includes('action="/consent"'))
        response = await this.send(parseForm(html, '/consent'), { decision: 'allow' });
      else throw new Error(`no form to go on with (${response.status}): ${text(html)}`);
    }
    throw new Error('the pages never end');
  }
}

const isCallback = (location: string) => /[?&](code|error)=/.test(location);

export async function readForm(response: Response, action: string): Promise<Form> {
  return parseForm(await response.text(), action);
}

/** The form of a page that is sent to this path, with its hidden and ticked fields. */
export function parseForm(html: string, action: string): Form {
  const form = html.split('<form').find((part) => part.includes(`action="${action}"`));
  if (!form) throw new Error(`no form for ${action}: ${text(html)}`);
  const fields: Form['fields'] = [];
  const inside = form.split('</form>')[0] ?? '';
  for (const [input] of inside.matchAll(/<input[^>]*>/g)) {
    const name = / name="([^"]*)"/.exec(input)?.[1];
    const value = / value="([^"]*)"/.exec(input)?.[1];
    const isLeftOut = /type="(checkbox|radio)"/.test(input) && !/ checked/.test(input);
    if (name && value !== undefined && !isLeftOut) fields.push([name, unescaped(value)]);
  }
  for (const [, name = '', value = ''] of inside.matchAll(/<textarea[^>]* name="([^"]*)"[^>]*>([^<]*)</g))
    fields.push([name, unescaped(value)]);
  for (const [, name = '', options = ''] of inside.matchAll(/<select[^>]* name="([^"]*)"[^>]*>(.*?)<\/select>/gs))
    fields.push([name, unescaped(/value="([^"]*)" selected/.exec(options)?.[1] ?? '')]);
  return { action, fields, html };
}

/** The text of a page. */
export function text(html: string): string {
  return unescaped(html.replace(/<head>.*?<\/head>|<wbr\/?>/gs, '').replace(/<[^>]+>/g, ' '))
    .replace(/\s+/g, ' ')
    .trim();
}

function unescaped(html: string): string {
  return html
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}
