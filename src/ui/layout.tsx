/** The frame of every page: a card in the middle, or a shell with a sidebar for an area of many pages. */
import { raw } from 'hono/html';
import type { Child } from 'hono/jsx';
import type { Texts } from '../locales/index.ts';
import type { Brand } from './brand.ts';
import { LanguageSwitch } from './language-switch.tsx';
import { Breadcrumbs, type Navigation, SearchBox, type ShellSearch, Sidebar } from './shell.tsx';

export type PageProps = {
  title: string;
  language: string;
  texts: Texts['layout'];
  brand: Brand;
  children?: Child;
  /** The name of the signed-in user, where the page knows it. */
  signedInAs?: string | undefined;
  /** The pages of the area; a page that has them is shown in the shell. */
  navigation?: Navigation | undefined;
  /** The pages above this one, the outermost first. */
  breadcrumbs?: readonly { href: string; label: string }[] | undefined;
  search?: ShellSearch | undefined;
  /** Shown small at the foot, for support requests. */
  requestId?: string | undefined;
  wide?: boolean | undefined;
  /** The address of this page, where it can be opened again in another language. */
  here?: string | undefined;
  /** The paths of its scripts. */
  scripts?: readonly string[] | undefined;
};

export function PageLayout(props: PageProps) {
  const { title, language, texts, brand, navigation, scripts } = props;
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
          {scripts?.map((script) => (
            <script src={script} type="module" />
          ))}
        </head>
        <body>
          <a class="skip" href="#main">
            {texts.skip}
          </a>
          {navigation ? <Shell {...props} navigation={navigation} /> : <Frame {...props} />}
        </body>
      </html>
    </>
  );
}

function Frame({ title: _, language, texts, brand, children, signedInAs, requestId, wide, here }: PageProps) {
  return (
    <div class={wide ? 'frame wide' : 'frame'}>
      <header>
        <BrandLink brand={brand} />
        {signedInAs && <SessionLinks name={signedInAs} texts={texts} />}
      </header>
      <main id="main" tabindex={-1}>
        {children}
      </main>
      {(requestId ?? here) !== undefined && (
        <footer>
          {here !== undefined && <LanguageSwitch to={here} current={language} label={texts.language} />}
          {requestId !== undefined && <p>{texts.request(requestId)}</p>}
        </footer>
      )}
    </div>
  );
}

function Shell(props: PageProps & { navigation: Navigation }) {
  const { title, texts, brand, children, signedInAs, navigation, breadcrumbs = [], search } = props;
  return (
    <div class="shell">
      <Sidebar {...navigation}>
        <BrandLink brand={brand} />
      </Sidebar>
      <header class="topbar">
        <button type="button" class="menu" popovertarget="sidebar">
          {texts.menu}
        </button>
        {search && <SearchBox {...search} />}
        <BrandLink brand={brand} />
        {signedInAs && <SessionLinks name={signedInAs} texts={texts} />}
      </header>
      <main id="main" tabindex={-1}>
        {breadcrumbs.length > 0 && <Breadcrumbs label={texts.breadcrumbs} links={breadcrumbs} title={title} />}
        {children}
      </main>
    </div>
  );
}

function BrandLink({ brand }: { brand: Brand }) {
  return (
    <a class={brand.logo ? 'brand pictured' : 'brand'} href="/">
      {brand.logo && <img src={brand.logo} alt="" width="32" height="32" />}
      {brand.name}
    </a>
  );
}

function SessionLinks({ name, texts }: { name: string; texts: Texts['layout'] }) {
  return (
    <nav class="session" aria-label={texts.yourAccount}>
      <a href="/account">{name}</a>
      <a href="/sign-out">{texts.signOut}</a>
    </nav>
  );
}
