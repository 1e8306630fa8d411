/** The page for a host that is not the issuer's. It names the issuer; nothing else is served under that host. */
import type { Context } from 'hono';
import type { Web } from '../http/context.ts';
import { chooseLanguage, textsOf } from './locale.ts';
import { problemPage } from './problem-page.tsx';

/** @param opened the host that the browser asked for. */
export async function otherHostPage(c: Context<Web>, opened: string): Promise<Response> {
  const { issuer } = c.get('deps').config;
  const { pathname, search } = new URL(c.req.url);
  await chooseLanguage(c);
  const texts = textsOf(c, 'error');
  const problem = texts.otherHost(opened, issuer);
  Object.assign(c.get('logFields'), { error: 'misdirected_request', why: problem });
  const href = c.req.method === 'GET' ? issuer + pathname + search : issuer;
  // RFC 9110 §15.5.20: the server is unable or unwilling to produce an authoritative response for the target URI.
  return problemPage(c, {
    title: texts.titles[421] ?? '',
    problem,
    status: 421,
    links: [{ href, label: texts.goThere(issuer) }],
  });
}
