/** Sentences of errors: found by their English text, with the parts that vary. */
import { describe, expect, it } from 'vitest';
import de from '../../../src/locales/de/index.ts';
import { translateMessage } from '../../../src/locales/message.ts';

const german = (text: string) => translateMessage(de.messages, text);

describe('the sentence of an error', () => {
  it('is found as a whole', () => {
    expect(german('you have no such passkey.')).toBe('Sie haben keinen solchen Passkey.');
  });

  it('keeps the parts that vary, and translates those that are sentences', () => {
    expect(german('idp.example refused, access was refused there (access_denied: no)')).toBe(
      'idp.example hat abgelehnt: der Zugriff wurde dort verweigert (access_denied: no)',
    );
    expect(german('redirect_uri cannot be used: it must not have a fragment.')).toBe(
      'redirect_uri kann nicht verwendet werden: sie darf kein Fragment haben.',
    );
  });

  it.each(['constructor', '__proto__', 'something else', 'x'.repeat(10_000), ` refused, ${' ('.repeat(290)}`])(
    'stays as it is where it has no translation: %.20s',
    (text) => expect(german(text)).toBe(text),
  );
});
