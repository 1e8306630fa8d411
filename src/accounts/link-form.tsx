/** The form behind a mailed link: GET changes nothing, since mail scanners open links. */
import type { Context } from 'hono';
import type { Web } from '../http/context.ts';
import { parseParameters } from '../http/parameters.ts';
import { HiddenFields } from '../ui/fields.tsx';

/** The sealed link in the query of the page; empty where there is none. */
export const linkInQuery = (c: Context<Web>): string =>
  parseParameters(new URL(c.req.url).search.slice(1)).one('link') ?? '';

/** The link of a form, as a hidden field. */
export const LinkField = ({ link }: { link: string }) => <input type="hidden" name="link" value={link} />;

/** A form of one button, which follows the link. */
export function LinkForm(props: { action: string; formToken: string; link: string; submit: string }) {
  return (
    <form class="stack" method="post" action={props.action}>
      <HiddenFields formToken={props.formToken} />
      <LinkField link={props.link} />
      <div class="actions">
        <button type="submit">{props.submit}</button>
      </div>
    </form>
  );
}
