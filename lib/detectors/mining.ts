/**
 * Coin mining: the port of a pool and a connection that stays open. The port alone proves nothing (panther-analysis took its rule back).
 *
 * Sees: a host of ours that keeps one connection to a pool's port of a stranger for half an hour and exchanges little: a job every half a minute,
 * a share now and then (the Stratum protocol).
 * Looks alike: chat, remote desktops and debuggers on such ports: more bytes, or inside.
 */
import { isOnePort, W } from '../conversations/row.ts';
import { windowSeconds } from '../limits.ts';
import { type Detector, type Signal, stateSignal } from './detector.ts';
import { type Scored, wordOf } from './scored.ts';
import { isTcp, portOf } from './services.ts';
import { grouped, type Sight, sightsOn } from './sight.ts';

/** Ports that pools name in their instructions; those that other programs use more often are left out. */
const POOL_PORTS: ReadonlySet<number> = new Set([
  3333, 3334, 3335, 3355, 3357, 4444, 5555, 6666, 7777, 9999, 13_333, 14_433, 14_444, 17_777, 20_535, 20_580, 45_560,
  45_700,
]);

/** Windows in a row: half an hour. */
const WINDOWS_MIN = 6;

/** Bytes each way in five minutes: ten jobs of a kilobyte, ten times over. */
const BYTES_MAX = 100_000;

/** Connections opened for every window: a miner connects once, programs that poll connect each time. */
const OPENS_PER_WINDOW_MAX = 0.5;

export const mining: Detector = {
  name: 'mining-pool',
  source: 'a quiet long connection to a port of the Stratum protocol',
  alone: 'always',
  detect(scored) {
    const isPool = (service: number) => isTcp(service) && POOL_PORTS.has(portOf(service));
    const quiet = sightsOn(
      scored,
      { isService: isPool, clientIsOurs: true, serverIsOurs: false, isFailure: false },
      isQuiet,
    );
    return [...grouped(quiet, ({ client, server, service }) => `${client}/${server}/${service}`).values()]
      .filter((sights) => isLong(scored, sights))
      .flatMap((sights) => sights.map(signalOf));
  },
};

function isQuiet({ bytesSent, bytesReceived }: Sight): boolean {
  return bytesSent > 0 && bytesSent <= BYTES_MAX && bytesReceived <= BYTES_MAX;
}

function isLong(scored: Scored, sights: readonly Sight[]): boolean {
  const windows = sights.map(({ window }) => window).sort((a, b) => a - b);
  const { words } = scored.conversations;
  const connections = sights.reduce((sum, { position }) => {
    const at = wordOf(scored, position);
    // Without flags, only a second client port tells a second connection.
    return sum + Math.max(words[at + W.opens], isOnePort(words[at + W.clientPorts]) ? 0 : 2);
  }, 0);
  return longestRun(windows) >= WINDOWS_MIN && connections <= windows.length * OPENS_PER_WINDOW_MAX;
}

/** Windows of the longest run without a silent one. */
function longestRun(windows: readonly number[]): number {
  let longest = 0;
  let run = 0;
  for (const [i, window] of windows.entries()) {
    run = i > 0 && window - windows[i - 1] === windowSeconds ? run + 1 : 1;
    longest = Math.max(longest, run);
  }
  return longest;
}

function signalOf({ client, server, window, position }: Sight): Signal {
  return stateSignal({ type: 'mining', actor: client, scope: server, window, positions: [position] });
}
