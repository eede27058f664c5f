import { describe, expect, it } from 'vitest';
import { DEFAULT_SETTINGS, parseSettings, SETTINGS } from '../lib/settings.ts';

describe('settings', () => {
  it('are the defaults where the text says nothing', () => {
    expect(parseSettings('{}')).toEqual(DEFAULT_SETTINGS);
  });

  it('take what the text says', () => {
    expect(parseSettings('{"ourNetworks": ["10.0.0.0/8", "fd00::/8", "192.0.2.1"]}').ourNetworks).toEqual([
      '10.0.0.0/8',
      'fd00::/8',
      '192.0.2.1',
    ]);
  });

  it('have a table that tells each default, and defaults without fault', () => {
    for (const [key, { meaning, fallback, fault }] of Object.entries(SETTINGS)) {
      expect(meaning, key).not.toBe('');
      expect(fault(fallback), key).toBeUndefined();
      expect(DEFAULT_SETTINGS[key as keyof typeof DEFAULT_SETTINGS]).toEqual(fallback);
    }
    expect(Object.keys(DEFAULT_SETTINGS)).toEqual(Object.keys(SETTINGS));
  });
});

describe('refuses', () => {
  it.each([
    ['text that is not JSON', '{', 'the settings are not JSON'],
    ['an empty text', '', 'the settings are not JSON'],
    ['a list', '[]', 'not a JSON object, expected {"ourNetworks": ["10.0.0.0/8"]}'],
    ['null', 'null', 'not a JSON object, expected {"ourNetworks": ["10.0.0.0/8"]}'],
    ['a number', '7', 'not a JSON object, expected {"ourNetworks": ["10.0.0.0/8"]}'],
    ['an unknown key', '{"ourNetwork": []}', 'unknown setting "ourNetwork", expected one of: ourNetworks'],
    ['a key that every object has', '{"constructor": 1}', 'unknown setting "constructor", expected one of'],
    ['a key that names a prototype', '{"__proto__": {}}', 'unknown setting "__proto__", expected one of'],
    ['no list', '{"ourNetworks": "10.0.0.0/8"}', 'setting "ourNetworks" is "10.0.0.0/8": expected a list of networks'],
    ['an empty list', '{"ourNetworks": []}', 'setting "ourNetworks" is []: expected a list of networks'],
    ['a list of lists', '{"ourNetworks": [["10.0.0.0/8"]]}', 'is [["10.0.0.0/8"]]: expected a list of networks'],
    ['null in the list', '{"ourNetworks": [null]}', 'setting "ourNetworks" is [null]: expected a list of networks'],
    ['what is no network', '{"ourNetworks": ["10.0.0.0/99"]}', '"10.0.0.0/99" is not a network, expected an address'],
  ])('%s, with key, value and what was expected', (_, text, message) => {
    expect(() => parseSettings(text)).toThrow(message);
  });
});
