import { describe, expect, it } from 'vitest';
import { isNetwork, isSentence, listFault, shown } from '../../lib/findings/entry.ts';
import { settingTextCharactersMax } from '../../lib/limits.ts';

const KEYS = { required: { name: isSentence }, optional: { network: isNetwork } };
const fault = (value: unknown) => listFault(value, 3, KEYS);

describe('a list of entries', () => {
  it('has no fault when each entry has what it must and nothing unknown', () => {
    expect(fault([])).toBeUndefined();
    expect(fault([{ name: 'a' }, { name: 'b', network: '10.0.0.0/8' }])).toBeUndefined();
  });

  it.each([
    [undefined, 'expected a list'],
    ['name', 'expected a list'],
    [[1, 2, 3, 4], 'has 4 entries, at most 3'],
    [[null], '[0] is null, expected an object with name'],
    [[{ name: 'a' }, []], '[1] is [], expected an object with name'],
    [[{ name: 'a', toString: 1 }], '[0] has the unknown key "toString", expected one of: name, network'],
    [[{ network: '10.0.0.1' }], '[0].name is missing, expected one line of text'],
    [[{ name: 'a', network: undefined }], '[0].network is undefined, expected an address'],
  ])('refuses %j', (value, message) => {
    expect(fault(value)).toContain(message);
  });

  it('names the first fault alone', () => {
    expect(fault([{ name: 7 }, { name: 8 }])).toMatch(/^\[0\]\.name is 7, /);
  });
});

describe('a sentence', () => {
  it.each(['x', 'Weekly scan, ticket OPS-7', 'ü'.repeat(settingTextCharactersMax)])('may be %j', (text) => {
    expect(isSentence(text)).toBeUndefined();
  });

  it.each(['', ' \t', 'a\nb', 'a\x1b[2J', 'a\u2028b', 'x'.repeat(settingTextCharactersMax + 1), 7, null, ['x']])(
    'is not %j',
    (text) => {
      expect(isSentence(text)).toContain('expected one line of text');
    },
  );
});

describe('a network', () => {
  it.each(['10.0.0.1', '10.0.0.0/8', '0.0.0.0/0', 'fd00::/8', '::1'])('may be %s', (text) => {
    expect(isNetwork(text)).toBeUndefined();
  });

  it.each(['', '*', 'web', '10.0.0', '10.0.0.0/33', 'fe80::1%eth0', '10.0.0.0/8/8', 10, null])('is not %j', (text) => {
    expect(isNetwork(text)).toContain('expected an address or a network');
  });
});

describe('a value in an error', () => {
  it('is repeated as JSON, and cut', () => {
    expect([shown('a'), shown(undefined), shown({ a: 1 })]).toEqual(['"a"', 'undefined', '{"a":1}']);
    expect(shown('x'.repeat(1_000))).toHaveLength(81);
  });
});
