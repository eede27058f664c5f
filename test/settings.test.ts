import { describe, expect, it } from 'vitest';
import { FINDING_TYPES } from '../lib/findings/catalog.ts';
import { alertsPerDayMax } from '../lib/limits.ts';
import { DEFAULT_SETTINGS, parseSettings, SETTINGS } from '../lib/settings.ts';

describe('settings', () => {
  it('are the defaults where the text says nothing', () => {
    expect(parseSettings('{}')).toEqual(DEFAULT_SETTINGS);
  });

  it('take what the text says', () => {
    const suppressions = [{ type: 'beacon', actor: '10.0.0.5', owner: 'ops', reason: 'known', expires: '2027-01-31' }];
    const trustedNetworks = [{ network: '10.0.9.0/24', name: 'scanner', reason: 'weekly scan' }];
    const given = {
      ourNetworks: ['10.0.0.0/8', 'fd00::/8', '192.0.2.1'],
      trustedNetworks,
      suppressions,
      alertsPerDay: { ...DEFAULT_SETTINGS.alertsPerDay, scan: 7 },
      thresholds: { scan: 0.95 },
      quietMinutes: 60,
      minimumSeverity: 'high',
    };
    expect(parseSettings(JSON.stringify(given))).toEqual(given);
  });

  it('fill in the behaviours that the budget leaves out', () => {
    expect(parseSettings('{"alertsPerDay": {"scan": 0}}').alertsPerDay).toEqual({
      ...DEFAULT_SETTINGS.alertsPerDay,
      scan: 0,
    });
  });

  it('have a budget for every behaviour of the catalog, and no other', () => {
    const behaviours = new Set(FINDING_TYPES.map(({ class: behaviour }) => behaviour));
    expect(Object.keys(DEFAULT_SETTINGS.alertsPerDay).sort()).toEqual([...behaviours].sort());
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

it('takes settings that begin with a byte order mark', () => {
  expect(parseSettings('\uFEFF{"quietMinutes": 90}').quietMinutes).toBe(90);
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
    [
      'trust without a reason',
      '{"trustedNetworks": [{"network": "10.0.0.1"}]}',
      'setting trustedNetworks[0].name is missing',
    ],
    ['trust of no list', '{"trustedNetworks": {}}', 'setting "trustedNetworks" is {}: expected a list'],
    ['a suppression without end', '{"suppressions": [{"type": "beacon"}]}', 'setting suppressions[0].owner is missing'],
    ['a budget of no numbers', '{"alertsPerDay": 3}', 'setting "alertsPerDay" is 3: expected numbers by behaviour'],
    ['a budget for nothing', '{"alertsPerDay": {"scans": 3}}', 'unknown behaviour "scans", expected one of: scan'],
    [
      'half an alert',
      '{"alertsPerDay": {"scan": 0.5}}',
      `"scan" is 0.5, expected a whole number from 0 to ${alertsPerDayMax}`,
    ],
    [
      'alerts without end',
      '{"alertsPerDay": {"scan": 51}}',
      `"scan" is 51, expected a whole number from 0 to ${alertsPerDayMax}`,
    ],
    [
      'no quiet time',
      '{"quietMinutes": 0}',
      'setting "quietMinutes" is 0: expected a whole number of minutes from 5 to',
    ],
    ['quiet time as text', '{"quietMinutes": "60"}', 'setting "quietMinutes" is "60": expected a whole number'],
    ['an unknown severity', '{"minimumSeverity": "fatal"}', 'is "fatal": expected one of: low, medium, high, critical'],
  ])('%s, with key, value and what was expected', (_, text, message) => {
    expect(() => parseSettings(text)).toThrow(message);
  });

  it('a long value without repeating all of it', () => {
    const text = JSON.stringify({ quietMinutes: 'x'.repeat(100_000) });
    expect(() => parseSettings(text)).toThrow(/^.{0,300}$/s);
  });
});
