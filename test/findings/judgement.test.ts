import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SEVERITIES } from '../../lib/findings/finding.ts';
import { judge } from '../../lib/findings/judgement.ts';
import { trustedNetworksFault } from '../../lib/findings/trust.ts';
import { trustedNetworksMax } from '../../lib/limits.ts';
import { FINDING, finding, idOf } from './finding.ts';

const NOW = Date.parse('2026-06-01T12:00:00Z') / 1000;
const SCANNER = { network: '10.0.0.1', name: 'scanner', reason: 'weekly vulnerability scan' };
const LINE = { type: '*-sweep', owner: 'netops', reason: 'known', expires: '2026-12-31' };
const NOTHING = { trustedNetworks: [], suppressions: [] };

describe('judging findings', () => {
  it('leaves them alone where nobody knows anything of them', () => {
    expect(judge([FINDING], NOTHING, NOW)).toEqual({ findings: [FINDING], suppressed: 0 });
  });

  it('softens a trusted actor by one step and says so', () => {
    const { findings, suppressed } = judge([FINDING], { ...NOTHING, trustedNetworks: [SCANNER] }, NOW);
    expect(suppressed).toBe(0);
    expect(findings).toEqual([{ ...FINDING, severity: 'medium', softened: { ...SCANNER, severityBefore: 'high' } }]);
  });

  it('softens by trusted targets, when all of them are', () => {
    const trust = (network: string) => ({ ...NOTHING, trustedNetworks: [{ ...SCANNER, network }] });
    expect(judge([FINDING], trust('10.0.1.0/24'), NOW).findings[0].severity).toBe('medium');
    expect(judge([FINDING], trust('10.0.1.1'), NOW).findings[0].severity).toBe('high');
    const many = finding({ targets: { ...FINDING.targets, hostCount: 51 } });
    expect(judge([many], trust('10.0.1.0/24'), NOW).findings[0].severity).toBe('high');
  });

  it('never hides what is trusted, however low', () => {
    const { findings } = judge([finding({ severity: 'low' })], { ...NOTHING, trustedNetworks: [SCANNER] }, NOW);
    expect(findings).toMatchObject([{ severity: 'low', softened: { severityBefore: 'low' } }]);
  });

  it('takes the first trusted network that fits', () => {
    const trustedNetworks = [{ ...SCANNER, network: '10.9.0.0/16' }, { ...SCANNER, name: 'first' }, SCANNER];
    expect(judge([FINDING], { ...NOTHING, trustedNetworks }, NOW).findings[0].softened?.name).toBe('first');
  });

  it('keeps a suppressed finding and says by whose word, counting it', () => {
    const other = finding({ id: idOf(2), type: 'beacon' });
    const judged = judge([FINDING, other], { ...NOTHING, suppressions: [LINE] }, NOW);
    const { owner, reason, expires } = LINE;
    expect(judged).toEqual({
      findings: [{ ...FINDING, suppressed: { owner, reason, expires } }, other],
      suppressed: 1,
    });
  });

  it('does not apply an expired suppression, and applies the next that fits', () => {
    const expired = { ...LINE, expires: '2026-05-31' };
    expect(judge([FINDING], { ...NOTHING, suppressions: [expired] }, NOW).suppressed).toBe(0);
    const { findings } = judge([FINDING], { ...NOTHING, suppressions: [expired, LINE] }, NOW);
    expect(findings[0].suppressed?.expires).toBe('2026-12-31');
  });

  it('replaces what an earlier judgement said', () => {
    const before = judge([FINDING], { trustedNetworks: [SCANNER], suppressions: [LINE] }, NOW);
    expect(before.findings).toMatchObject([{ severity: 'medium', suppressed: { owner: 'netops' } }]);
    expect(judge(before.findings, NOTHING, NOW)).toEqual({ findings: [FINDING], suppressed: 0 });
  });

  it('changes nothing the second time, and hides or raises nothing ever', () => {
    const networks = fc.constantFrom('10.0.0.1', '10.0.0.0/8', '192.0.2.0/24', '::/0');
    const trusted = fc.record({ network: networks, name: fc.constant('n'), reason: fc.constant('r') });
    const lines = fc.record({
      actor: networks,
      owner: fc.constant('o'),
      reason: fc.constant('r'),
      expires: fc.constantFrom('2026-01-01', '2027-01-01'),
    });
    const severities = fc.array(fc.constantFrom(...SEVERITIES), { maxLength: 5 });
    fc.assert(
      fc.property(fc.array(trusted), fc.array(lines), severities, (trustedNetworks, suppressions, graded) => {
        const findings = graded.map((severity, i) => finding({ severity, id: idOf(i) }));
        const once = judge(findings, { trustedNetworks, suppressions }, NOW);
        expect(judge(once.findings, { trustedNetworks, suppressions }, NOW)).toEqual(once);
        expect(once.findings.map(({ id }) => id)).toEqual(findings.map(({ id }) => id));
        for (const [i, { severity }] of once.findings.entries()) {
          const step = SEVERITIES.indexOf(graded[i]) - SEVERITIES.indexOf(severity);
          expect([0, 1]).toContain(step);
        }
      }),
    );
  });
});

describe('a list of trusted networks', () => {
  it('has no fault when every entry has network, name and reason', () => {
    expect(trustedNetworksFault([SCANNER, { ...SCANNER, network: 'fd00::/8' }])).toBeUndefined();
  });

  it.each([
    ['a bare network', ['10.0.0.0/8'], '[0] is "10.0.0.0/8", expected an object with network, name, reason'],
    ['no reason', [{ network: '10.0.0.1', name: 'x' }], '[0].reason is missing, expected one line of text'],
    ['a damaged network', [SCANNER, { ...SCANNER, network: '10.0.0' }], '[1].network is "10.0.0", expected an address'],
    ['any network at all', [{ ...SCANNER, network: '*' }], '[0].network is "*", expected an address'],
    ['too many', Array.from({ length: trustedNetworksMax + 1 }, () => SCANNER), `at most ${trustedNetworksMax}`],
  ])('refuses %s', (_, value, message) => {
    expect(trustedNetworksFault(value)).toContain(message);
  });
});
