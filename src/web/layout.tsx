/** The frame of every page. */
import { raw } from 'hono/html';
import type { Child } from 'hono/jsx';

export type PageProps = {
  title: string;
  children?: Child;
  /** Who is signed in, where the page knows. */
  signedInAs?: string | undefined;
  /** Shown small at the foot, for whoever asks for help. */
  requestId?: string | undefined;
  wide?: boolean | undefined;
  /** The path of one script. */
  script?: string | undefined;
};

export function Page({ title, children, signedInAs, requestId, wide, script }: PageProps) {
  return (
    <>
      {raw('<!doctype html>')}
      <html lang="en">
        <head>
          <meta charset="utf-8" />
          <title>{title} · Postern</title>
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <meta name="color-scheme" content="light dark" />
          <link rel="stylesheet" href="/style.css" />
          <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
          {script && <script src={script} type="module" />}
        </head>
        <body class={wide ? 'wide' : undefined}>
          <a class="skip" href="#main">
            Skip to the content
          </a>
          <header>
            <a class="brand" href="/">
              Postern
            </a>
            {signedInAs && (
              <nav aria-label="Your account">
                <a href="/account">{signedInAs}</a>
                <a href="/sign-out">Sign out</a>
              </nav>
            )}
          </header>
          <main id="main" tabindex={-1}>
            {children}
          </main>
          {requestId && (
            <footer>
              <p>Request {requestId}</p>
            </footer>
          )}
        </body>
      </html>
    </>
  );
}
