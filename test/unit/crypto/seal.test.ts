/** Root secrets: one seals, all read; a purpose is a key of its own. */
import { describe, expect, it } from 'vitest';
import { RootSecrets } from '../../../src/crypto/seal.ts';

const secret = (fill: number) => new Uint8Array(32).fill(fill);
const old = new RootSecrets(new Map([['1', secret(1)]]), '1');
const both = new RootSecrets(
  new Map([
    ['1', secret(1)],
    ['2', secret(2)],
  ]),
  '2',
);
const fresh = new RootSecrets(new Map([['2', secret(2)]]), '2');

describe('sealing', () => {
  it('opens what was sealed, for the same purpose only', async () => {
    const sealed = await old.seal('code', { a: 1 });
    expect(await old.unseal('code', sealed)).toEqual({ a: 1 });
    expect(await old.unseal('consent', sealed)).toBeUndefined();
  });

  it('what another slot sealed is read for as long as that secret is held', async () => {
    const sealed = await old.seal('code', 'x');
    expect(await both.unseal('code', sealed)).toBe('x');
    expect(await fresh.unseal('code', sealed)).toBeUndefined();
    expect(await fresh.unseal('code', await both.seal('code', 'y'))).toBe('y');
  });

  it('what is bound to a text is opened with that text only', async () => {
    const sealed = await old.seal('third-party', 'x', 'row 1');
    expect(await old.unseal('third-party', sealed, 'row 1')).toBe('x');
    for (const other of ['row 2', '', undefined])
      expect(await old.unseal('third-party', sealed, other)).toBeUndefined();
    expect(await old.unseal('third-party', await old.seal('third-party', 'x'), 'row 1')).toBeUndefined();
    expect([old.isCurrent(sealed), fresh.isCurrent(sealed), old.isCurrent('nonsense')]).toEqual([true, false, false]);
  });

  it('another secret in the same slot is not taken for the one that sealed', async () => {
    const other = new RootSecrets(new Map([['1', secret(9)]]), '1');
    const sealed = await old.seal('third-party', 'x');
    expect(await other.unseal('third-party', sealed)).toBeUndefined();
    expect([old.isCurrent(sealed), other.isCurrent(sealed)]).toEqual([true, false]);
  });

  it('nothing that was tampered with is opened', async () => {
    const sealed = await old.seal('code', { a: 1 });
    const parts = sealed.split('.');
    for (const index of [0, 2, 3, 4]) {
      const changed = parts.map((part, at) =>
        at === index ? part.replace(/^./, (first) => (first === 'A' ? 'B' : 'A')) : part,
      );
      expect(await old.unseal('code', changed.join('.'))).toBeUndefined();
    }
    for (const text of ['', 'x', '....', 'a.b.c.d.e', `${sealed}A`])
      expect(await old.unseal('code', text)).toBeUndefined();
  });
});

describe('MACs', () => {
  it('match for the same purpose and text, under any secret still held', () => {
    const mac = old.mac('refresh', 'body');
    expect(mac).toHaveLength(43);
    expect(both.macMatches('refresh', 'body', mac)).toBe(true);
    expect(fresh.macMatches('refresh', 'body', mac)).toBe(false);
    expect(old.macMatches('form', 'body', mac)).toBe(false);
    expect(old.macMatches('refresh', 'other', mac)).toBe(false);
    expect(old.macMatches('refresh', 'body', mac.slice(1))).toBe(false);
  });
});
