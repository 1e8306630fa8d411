/** The frame of every page. */
import { raw } from 'hono/html';
import type { Child } from 'hono/jsx';
import type { Words } from '../words/index.ts';
import type { Brand } from './brand.ts';

/** The pages of one area, such as the account. */
export type Navigation = { label: string; links: readonly { href: string; label: string; current: boolean }[] };

export type PageProps = {
  title: string;
  language: string;
  words: Words['layout'];
  brand: Brand;
  children?: Child;
  /** Who is signed in, where the page knows. */
  signedInAs?: string | undefined;
  navigation?: Navigation | undefined;
  /** Shown small at the foot, for whoever asks for help. */
  requestId?: string | undefined;
  wide?: boolean | undefined;
  /** The path of one script. */
  script?: string | undefined;
};

export function Page(props: PageProps) {
  const { title, language, words, brand, children, signedInAs, navigation, requestId, wide, script } = props;
  return (
    <>
      {raw('<!doctype html>')}
      <html lang={language}>
        <head>
          <meta charset="utf-8" />
          <title>
            {title} · {brand.name}
          </title>
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <meta name="color-scheme" content="light dark" />
          <link rel="stylesheet" href="/style.css" />
          {brand.stylesheet && <link rel="stylesheet" href={brand.stylesheet} />}
          <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
          {script && <script src={script} type="module" />}
        </head>
        <body class={wide ? 'wide' : undefined}>
          <a class="skip" href="#main">
            {words.skip}
          </a>
          <header>
            <a class={brand.logo ? 'brand pictured' : 'brand'} href="/">
              {brand.logo && <img src={brand.logo} alt="" width="32" height="32" />}
              {brand.name}
            </a>
            {signedInAs && (
              <nav aria-label={words.yourAccount}>
                <a href="/account">{signedInAs}</a>
                <a href="/sign-out">{words.signOut}</a>
              </nav>
            )}
          </header>
          {navigation && <Area {...navigation} />}
          <main id="main" tabindex={-1}>
            {children}
          </main>
          {requestId && (
            <footer>
              <p>{words.request(requestId)}</p>
            </footer>
          )}
        </body>
      </html>
    </>
  );
}

function Area({ label, links }: Navigation) {
  return (
    <nav class="area" aria-label={label}>
      <ul>
        {links.map((link) => (
          <li>
            <a href={link.href} aria-current={link.current ? 'page' : undefined}>
              {link.label}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
