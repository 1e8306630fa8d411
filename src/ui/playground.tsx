/** The OAuth playground, whose script is a client of this server. */
import type { Texts } from '../locales/index.ts';

export type PlaygroundTexts = Texts['playground'];

/** The redirect URI of the playground: its script redeems the code here. */
export function PlaygroundPage({ texts }: { texts: PlaygroundTexts }) {
  return (
    <>
      <h1>{texts.title}</h1>
      <Playground texts={texts} />
    </>
  );
}

/** The playground, in English. */
export function Playground({ texts }: { texts: PlaygroundTexts }) {
  return (
    <section aria-labelledby="playground-title" lang="en">
      <h2 id="playground-title">{texts.heading}</h2>
      <p>{texts.what}</p>
      <noscript>
        <p class="notice">{texts.noScript}</p>
      </noscript>
      <div class="actions">
        <button type="button" id="run" hidden>
          {texts.run}
        </button>
      </div>
      <p id="progress" role="status" aria-live="polite"></p>
      <ol class="steps" id="steps"></ol>
    </section>
  );
}
