/** Arbitrary records for properties: few hosts, ports and moments, so that conversations meet and times tie. */
import fc from 'fast-check';
import { type Fields, type Located, START } from '../records.ts';

const OBSERVERS = ['eni-a', 'eni-b', '-'];
const HOSTS = ['10.0.0.1', '10.0.0.2', '192.168.7.9', '8.8.8.8', '250.1.2.3', 'fd00::1', '2001:db8::2'];
const PORTS = [0, 22, 123, 443, 3306, 8080, 20_000, 40_000, 40_001, 50_000, 50_001, 65_535];
const FLAGS = ['-', '0', '1', '2', '3', '4', '5', '6', '18', '19', '22'];

const text = (values: readonly (string | number)[]) => fc.constantFrom(...values.map(String));

const observation = fc.record({
  'interface-id': text(OBSERVERS),
  srcaddr: text(HOSTS),
  dstaddr: text(HOSTS),
  srcport: text(PORTS),
  dstport: text(PORTS),
  protocol: text([1, 6, 6, 6, 17, 58]),
  packets: text([1, 2, 3, 7, 1_000, 5_000_000_000]),
  bytes: text([0, 40, 44, 1_500, 9_999_999, 4_000_000_000]),
  action: text(['ACCEPT', 'ACCEPT', 'REJECT', '-']),
  'tcp-flags': text(FLAGS),
  'pkt-srcaddr': text(['-', '-', '-', ...HOSTS]),
  'pkt-dstaddr': text(['-', '-', '-', ...HOSTS]),
  'tgw-attachment-id': text(['-', '-', '-', 'tgw-attach-1']),
});

const time = fc.record({ at: fc.integer({ min: 0, max: 29 }), lasts: fc.constantFrom(0, 1, 59, 600) });

/** A record with every field that conversations use, in one of three windows. */
export const anyRecord: fc.Arbitrary<Fields> = fc.tuple(observation, time).map(([fields, { at, lasts }]) => ({
  ...fields,
  'account-id': '123456789012',
  'log-status': 'OK',
  'resource-id': '-',
  start: String(START + at * 30),
  end: String(START + at * 30 + lasts),
}));

/** Records that stand in one of three objects, at different places. */
export const anyLog: fc.Arbitrary<Located[]> = fc
  .array(fc.tuple(anyRecord, fc.constantFrom('log-a', 'log-b', 'log-c')), { minLength: 1, maxLength: 40 })
  .map((all) => all.map(([fields, source], index) => ({ fields, source, ordinal: index + 1 })));

/** A log and the same records in another order. */
export const anyShuffledLog: fc.Arbitrary<{ log: Located[]; shuffled: Located[] }> = anyLog.chain((log) =>
  fc.shuffledSubarray(log, { minLength: log.length }).map((shuffled) => ({ log, shuffled })),
);
