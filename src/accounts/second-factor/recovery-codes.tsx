/** The list of new recovery codes, which is shown once. */
import type { Texts } from '../../locales/index.ts';
import { formatRecoveryCode } from './recovery-code.ts';

/** @param props.next the address of the link that goes on. */
export function RecoveryCodes(props: {
  codes: readonly string[];
  texts: Texts['secondFactor']['codes'];
  next: string;
}) {
  const { codes, texts, next } = props;
  return (
    <>
      <h1>{texts.title}</h1>
      <p role="status">{texts.what}</p>
      <p>{texts.keep}</p>
      <ul class="codes">
        {codes.map((code) => (
          <li>
            <code>{formatRecoveryCode(code)}</code>
          </li>
        ))}
      </ul>
      <div class="actions">
        <a class="button" href={next}>
          {texts.done}
        </a>
      </div>
    </>
  );
}
