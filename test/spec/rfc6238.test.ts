/** Time-based one-time passwords (RFC 6238), with the vectors of its Appendix B, and Base32 (RFC 4648). */
import { describe, expect, it } from 'vitest';
import {
  decodeBase32,
  encodeBase32,
  matchingTimeStep,
  newTotpSecret,
  type TotpAlgorithm,
  timeStepOf,
  totpAt,
} from '../../src/crypto/totp.ts';

const SECOND = 1000;
const bytes = (text: string) => new TextEncoder().encode(text);

/** Appendix B: the seed of each hash, as long as its output. */
const SEEDS: Record<TotpAlgorithm, string> = {
  sha1: '12345678901234567890',
  sha256: '12345678901234567890123456789012',
  sha512: '1234567890123456789012345678901234567890123456789012345678901234',
};

/** Appendix B, table 1: the time in seconds, and the code of each hash. */
const VECTORS: [time: number, step: string, codes: Record<TotpAlgorithm, string>][] = [
  [59, '0000000000000001', { sha1: '94287082', sha256: '46119246', sha512: '90693936' }],
  [1111111109, '00000000023523EC', { sha1: '07081804', sha256: '68084774', sha512: '25091201' }],
  [1111111111, '00000000023523ED', { sha1: '14050471', sha256: '67062674', sha512: '99943326' }],
  [1234567890, '000000000273EF07', { sha1: '89005924', sha256: '91819424', sha512: '93441116' }],
  [2000000000, '0000000003F940AA', { sha1: '69279037', sha256: '90698825', sha512: '38618901' }],
  [20000000000, '0000000027BC86AA', { sha1: '65353130', sha256: '77737706', sha512: '47863826' }],
];

describe('RFC 6238 Appendix B: test vectors', () => {
  it.each(VECTORS)(
    'at %i seconds the time step is %s, and the codes of the three hashes are those of the table',
    (time, step, codes) => {
      expect(timeStepOf(time * SECOND)).toBe(Number.parseInt(step, 16));
      for (const [algorithm, code] of Object.entries(codes) as [TotpAlgorithm, string][])
        expect(totpAt(bytes(SEEDS[algorithm]), timeStepOf(time * SECOND), { digits: 8, algorithm })).toBe(code);
    },
  );
});

describe('RFC 4226 Appendix D: HOTP values, of which RFC 6238 §4.2 is made', () => {
  const VALUES = ['755224', '287082', '359152', '969429', '338314', '254676', '287922', '162583', '399871', '520489'];
  it('6 digits of the counters 0 to 9', () => {
    expect(VALUES.map((_, counter) => totpAt(bytes(SEEDS.sha1), counter))).toEqual(VALUES);
  });
});

describe('RFC 6238 §5.2: validation and time-step size', () => {
  const secret = newTotpSecret();
  const now = 1_700_000_010 * SECOND;
  const codeAt = (steps: number) => totpAt(decodeBase32(secret), timeStepOf(now) + steps);

  it('the code of the current time step, and of one before and after it, is accepted, as that step', () => {
    for (const steps of [0, -1, 1]) expect(matchingTimeStep(secret, codeAt(steps), now)).toBe(timeStepOf(now) + steps);
  });

  it('the code of any other time step is not', () => {
    for (const steps of [-3, -2, 2, 3]) expect(matchingTimeStep(secret, codeAt(steps), now)).toBeUndefined();
  });

  it('a text that is no code is not, either', () => {
    for (const text of ['', '0', `${codeAt(0)}0`, codeAt(0).slice(1), 'abcdef', '１２３４５６'])
      expect(matchingTimeStep(secret, text, now)).toBeUndefined();
  });
});

describe('RFC 4226 §4 R6: the shared secret', () => {
  it('has the RECOMMENDED length of 160 bits, and no two are the same', () => {
    expect(decodeBase32(newTotpSecret())).toHaveLength(20);
    expect(newTotpSecret()).not.toBe(newTotpSecret());
  });
});

describe('RFC 4648 §10: Base32 test vectors, without padding', () => {
  it.each([
    ['', ''],
    ['f', 'MY'],
    ['fo', 'MZXQ'],
    ['foo', 'MZXW6'],
    ['foob', 'MZXW6YQ'],
    ['fooba', 'MZXW6YTB'],
    ['foobar', 'MZXW6YTBOI'],
  ])('%j is %j', (text, encoded) => {
    expect(encodeBase32(bytes(text))).toBe(encoded);
    expect(new TextDecoder().decode(decodeBase32(encoded))).toBe(text);
  });
});
