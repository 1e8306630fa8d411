/** The buttons of identity providers on the sign-in page. */
import type { SignInButton } from '../http/context.ts';
import { HiddenFields } from '../ui/fields.tsx';

export function SignInMethodForms(props: {
  methods: readonly SignInButton[];
  formToken: () => string;
  /** The sealed continuation. */
  place?: string | undefined;
  continueWith: (name: string) => string;
}) {
  return (
    <>
      {props.methods.map((method) => (
        <form class="stack way" method="post" action={method.action}>
          <HiddenFields formToken={props.formToken()} continuation={props.place} />
          <button type="submit" class="secondary">
            {props.continueWith(method.name)}
          </button>
        </form>
      ))}
    </>
  );
}
