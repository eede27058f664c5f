/**
 * Administration and database services that answer the internet (GuardDuty's PortProbeUnprotectedPort asks for a listed prober; here the answer
 * counts).
 *
 * Sees: such a service of ours that has answered three strangers or more in the run. Told once a day for each host.
 * Looks alike: a bastion that is meant to be reached from everywhere (put it on record), and one that lets in an office or two (fewer than three).
 */
import { type Detector, type Signal, stateSignal } from './detector.ts';
import { ADMINISTRATION_PORTS, isTcp, portOf } from './services.ts';
import { grouped, type Sight, sightsOn } from './sight.ts';

/** Strangers answered: an allowed office has one or two addresses. */
export const STRANGERS_MIN = 3;

export const exposure: Detector = {
  name: 'open-administration',
  source: 'administration ports that answer strangers, after GuardDuty PortProbeUnprotectedPort',
  alone: 'always',
  detect(scored) {
    const isAdministration = (service: number) => isTcp(service) && ADMINISTRATION_PORTS.has(portOf(service));
    const answered = sightsOn(
      scored,
      { isService: isAdministration, clientIsOurs: false, serverIsOurs: true, isFailure: false },
      ({ packetsSent }) => packetsSent > 0,
    );
    return [...grouped(answered, ({ server, service }) => `${server}/${service}`).values()]
      .filter((sights) => new Set(sights.map(({ client }) => client)).size >= STRANGERS_MIN)
      .flatMap((sights) => [...grouped(sights, ({ window }) => window).values()])
      .map(signalOf);
  },
};

function signalOf(sights: readonly Sight[]): Signal {
  const [{ server: actor, window }] = sights;
  const positions = sights.map(({ position }) => position);
  return stateSignal({ type: 'exposed-administration', actor, actorIsVictim: true, window, positions });
}
