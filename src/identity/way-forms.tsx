/** The buttons of the ways to sign in that other rooms offer. */
import type { WayToSignIn } from '../web/context.ts';
import { Hidden } from '../web/fields.tsx';

export function WayForms(props: {
  ways: readonly WayToSignIn[];
  formToken: () => string;
  /** Where to go on afterwards, sealed. */
  place?: string | undefined;
  continueWith: (name: string) => string;
}) {
  return (
    <>
      {props.ways.map((way) => (
        <form class="stack way" method="post" action={way.action}>
          <Hidden formToken={props.formToken()} place={props.place} />
          <button type="submit" class="secondary">
            {props.continueWith(way.name)}
          </button>
        </form>
      ))}
    </>
  );
}
