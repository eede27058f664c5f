/**
 * Hosts of ours that are used as amplifiers (CISA alert TA14-017A: UDP-based amplification attacks).
 *
 * Sees: a UDP service of ours that answers one stranger with much more than it was asked.
 * Looks alike: name servers with signed zones (answers five to ten times the question, but kilobytes for each stranger), game servers and
 * media (their ports are not on the list).
 */
import { isOnePort, W } from '../conversations/row.ts';
import { ANYBODY, type Detector } from './detector.ts';
import { type Scored, wordOf } from './scored.ts';
import { AMPLIFIER_PORTS, isUdp, portOf } from './services.ts';
import { type Sight, sightsOn } from './sight.ts';

/**
 * Bytes answered to one stranger in five minutes, and for each byte asked. The alert's smallest factors are 3.8 (NetBIOS) and 6.3 (SNMP), DNS
 * has 28 and more; a resolver that asks for a thousand names gets 200 kB, five times what it sent.
 */
const MARKS = [
  { bytesMin: 1_048_576, factorMin: 3 },
  { bytesMin: 131_072, factorMin: 10 },
] as const;

const isMuchMore = (answered: number, asked: number) =>
  MARKS.some(({ bytesMin, factorMin }) => answered >= bytesMin && answered >= factorMin * asked);

export const amplifier: Detector = {
  name: 'amplification',
  source: 'bytes answered over bytes asked by port, CISA alert TA14-017A',
  alone: 'always',
  detect: (scored) =>
    [...amplified(scored), ...amplifiedBackwards(scored)].map(({ client, server, serverIsOurs, window, position }) => ({
      class: 'denial-of-service',
      type: 'amplifier',
      actor: serverIsOurs ? server : client,
      actorIsVictim: serverIsOurs,
      scope: ANYBODY,
      window,
      suffices: true,
      positions: [position],
    })),
};

function amplified(scored: Scored): Sight[] {
  const isService = (service: number) => isUdp(service) && AMPLIFIER_PORTS.has(portOf(service));
  return sightsOn(scored, { isService, clientIsOurs: false, serverIsOurs: true }, ({ bytesSent, bytesReceived }) =>
    isMuchMore(bytesReceived, bytesSent),
  );
}

/** Where the forged question names another service port, such as 80, the answering side may pass for the client. */
function amplifiedBackwards(scored: Scored): Sight[] {
  const { words } = scored.conversations;
  return sightsOn(
    scored,
    { isService: isUdp, clientIsOurs: true, serverIsOurs: false },
    ({ position, bytesSent, bytesReceived }) => {
      if (bytesReceived === 0 || !isMuchMore(bytesSent, bytesReceived)) return false;
      const ports = words[wordOf(scored, position) + W.clientPorts];
      return isOnePort(ports) && AMPLIFIER_PORTS.has(ports & 0xffff);
    },
  );
}
