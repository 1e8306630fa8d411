/** The frame of every page. */
import type { Child } from 'hono/jsx';

export type PageProps = {
  title: string;
  children?: Child;
  signedInAs?: string;
  requestId?: string;
  wide?: boolean;
  script?: string;
};

export function Page(props: PageProps) {
  return (
    <html lang="en">
      <head>
        <title>{props.title} · Postern</title>
      </head>
      <body>
        <main id="main">{props.children}</main>
      </body>
    </html>
  );
}
