import { describe, expect, it } from 'vitest';
import {
  isKnownUdpService,
  isLoginService,
  isTcp,
  isTimeOrNothing,
  isUdp,
  portOf,
} from '../../lib/detectors/services.ts';

const TCP = 6 << 16;
const UDP = 17 << 16;

describe('services', () => {
  it('are a protocol and a port', () => {
    expect([isTcp(TCP | 22), isTcp(UDP | 22), isUdp(UDP | 53), isUdp(TCP | 53), portOf(TCP | 8443)]).toEqual([
      true,
      false,
      true,
      false,
      8443,
    ]);
  });

  it.each([
    ['SSH by anybody', TCP | 22, true, true],
    ['RDP by a stranger', TCP | 3389, false, true],
    ['a database by a stranger', TCP | 5432, false, true],
    ['a database by a program of ours', TCP | 5432, true, false],
    ['a web server', TCP | 443, false, false],
    ['SSH over UDP', UDP | 22, false, false],
  ])('that people log in to: %s', (_, service, clientIsOurs, expected) => {
    expect(isLoginService(service, clientIsOurs)).toBe(expected);
  });

  it.each([
    ['a system port', UDP | 623, true],
    ['an amplifier above', UDP | 1900, true],
    ['telephony', UDP | 5060, true],
    ['a game server', UDP | 27_015, true],
    ['whatever a program took', UDP | 41_234, false],
    ['the same port over TCP', TCP | 5060, false],
  ])('that scanners look for over UDP: %s', (_, service, expected) => {
    expect(isKnownUdpService(service)).toBe(expected);
  });

  it.each([
    ['NTP', UDP | 123, 76, 76, true],
    ['NTP over IPv6', UDP | 123, 96, 96, true],
    ['something else at its port', UDP | 123, 300, 76, false],
    ['SYNs and resets', TCP | 443, 60, 40, true],
    ['data sent', TCP | 443, 61, 40, false],
    ['data that a small question brings', TCP | 443, 54, 61, false],
    ['small datagrams', UDP | 53, 60, 60, false],
  ])('that are asked for time or nothing: %s', (_, service, sent, received, expected) => {
    expect(isTimeOrNothing(service, sent, received)).toBe(expected);
  });
});
