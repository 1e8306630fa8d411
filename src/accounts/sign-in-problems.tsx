/** The pages of sign-in problems: too many attempts, no cookies, an expired form. */
import type { Context } from 'hono';
import type { Web } from '../http/context.ts';
import { SECOND } from '../protocol/lifetimes.ts';
import { ErrorMessage } from '../ui/components.tsx';
import { textsOf } from '../ui/locale.ts';
import { page } from '../ui/page.tsx';

/** 429 with Retry-After: too many attempts. @param wait milliseconds. */
export function waitPage(c: Context<Web>, wait: number) {
  const seconds = Math.max(1, Math.ceil(wait / SECOND));
  const texts = textsOf(c, 'signIn').wait;
  c.get('logFields').error = 'too_many_requests';
  return page(
    c,
    { title: texts.title, status: 429, headers: { 'Retry-After': String(seconds) } },
    <>
      <h1>{texts.title}</h1>
      <ErrorMessage>{texts.tooMany(seconds)}</ErrorMessage>
      <p>{texts.why}</p>
    </>,
  );
}

/** 400: the browser did not send the cookie of the form. */
export function cookiesOffPage(c: Context<Web>) {
  const texts = textsOf(c, 'signIn').cookies;
  return page(
    c,
    { title: texts.title, status: 400 },
    <>
      <h1>{texts.title}</h1>
      <ErrorMessage>{texts.what}</ErrorMessage>
      <p>{texts.how}</p>
    </>,
  );
}

/** 400: the form or link has expired. */
export function expiredPage(c: Context<Web>, signedInAs?: string) {
  const texts = textsOf(c, 'signIn').expired;
  return page(
    c,
    { title: texts.title, status: 400 },
    <>
      <h1>{texts.title}</h1>
      {signedInAs && <p class="notice">{texts.signedIn(signedInAs)}</p>}
      <ErrorMessage>{texts.what}</ErrorMessage>
      <p>{texts.how}</p>
    </>,
  );
}
