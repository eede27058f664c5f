/**
 * FTP sessions that move files. Every listing and every file comes over a connection of its own between the same two hosts (RFC 959), which nobody gets who
 * has not logged in: sessions with those beside them are a program's work, sessions without are tries.
 */
import { PORT_RANK } from '../conversations/direction.ts';
import { W } from '../conversations/row.ts';
import { TRAIT } from '../features/context.ts';
import { type Scored, wordOf } from './scored.ts';
import { FTP_PORT, isTcp, portOf } from './services.ts';

/**
 * Connections with data for each session from which on the sessions move files. Programs open one or more; a window's end, a record lost or one whose
 * direction is not clear takes some away.
 */
const DATA_CONNECTIONS_MIN = 0.5;

/** Where the server of a session in active mode connects from; in passive mode it listens on whatever port is free. */
const ACTIVE_DATA_PORT = 20;

/** Those of some positions that are FTP sessions which move files. */
export function fileTransfers(scored: Scored, positions: readonly number[]): ReadonlySet<number> {
  const { words } = scored.conversations;
  const sessions = positions.filter((position) => portOf(words[wordOf(scored, position) + W.service]) === FTP_PORT);
  const connections = new Map(sessions.map((position) => [hostsOf(scored, position), 0]));
  const clients = new Set(sessions.map((position) => words[wordOf(scored, position) + W.client]));
  for (let position = 0; sessions.length > 0 && position < scored.rows.length; position++) {
    const at = wordOf(scored, position);
    // Hardly any is of such a client: the others need no key.
    if (!clients.has(words[at + W.client]) && !clients.has(words[at + W.server])) continue;
    if ((scored.context.traits[position] & TRAIT.failed) !== 0 || !isData(words[at + W.service])) continue;
    const hosts = hostsOf(scored, position);
    const known = connections.get(hosts);
    if (known !== undefined) connections.set(hosts, known + words[at + W.forwardFlows]);
  }
  return new Set(
    sessions.filter((position) => {
      const flows = words[wordOf(scored, position) + W.forwardFlows];
      return connections.get(hostsOf(scored, position))! >= DATA_CONNECTIONS_MIN * flows;
    }),
  );
}

/** Whether a connection's port may be one for data: no known service's. */
function isData(service: number): boolean {
  const port = portOf(service);
  return isTcp(service) && (port === ACTIVE_DATA_PORT || PORT_RANK[port] <= 1);
}

/** The two hosts of a conversation, whoever calls, and its window. */
function hostsOf(scored: Scored, position: number): string {
  const { words } = scored.conversations;
  const at = wordOf(scored, position);
  const [one, other] = [words[at + W.client], words[at + W.server]];
  return `${words[at + W.window]}/${Math.min(one, other)}/${Math.max(one, other)}`;
}
