/**
 * Which of our hosts call which service of strangers again and again: what the beacon test looks at.
 */

import { PairNumbers } from '../conversations/pair-numbers.ts';
import { F, W } from '../conversations/row.ts';
import { TRAIT } from '../features/context.ts';
import { PROTOCOL } from '../flowlog/fields.ts';
import { type Scored, wordOf } from './scored.ts';
import { isTimeOrNothing } from './services.ts';
import { grouped } from './sight.ts';

/** A client of ours with its conversations with one service of one stranger. */
export interface Caller {
  readonly client: number;
  readonly server: number;
  /** Number of the service among all; callers of one service share it. */
  readonly service: number;
  readonly positions: number[];
}

/** Callers seen in so many windows, how many callers each service has, and the number of clients that call outside at all. */
export function callersOf(scored: Scored, windowsMin: number) {
  const { words } = scored.conversations;
  const calls = callsOf(scored);
  const clients = new Set<number>();
  const services = new PairNumbers(calls.length);
  const callsOfService = new Uint32Array(calls.length);
  const serviceOf = calls.map((position) => {
    const at = wordOf(scored, position);
    clients.add(words[at + W.client]);
    const service = services.number(words[at + W.server], words[at + W.service]);
    callsOfService[service]++;
    return service;
  });
  const numbers = new PairNumbers(calls.length);
  const callersOfService = new Uint32Array(services.size);
  const windows = new Uint32Array(calls.length);
  const callerOf = calls.map((position, i) => {
    // Most services are called too seldom for any of their callers to be one.
    if (callsOfService[serviceOf[i]] < windowsMin) return -1;
    const known = numbers.size;
    const number = numbers.number(serviceOf[i], words[wordOf(scored, position) + W.client]);
    if (number === known) callersOfService[serviceOf[i]]++;
    windows[number]++;
    return number;
  });
  const habitual = calls.map((_, i) => i).filter((i) => callerOf[i] >= 0 && windows[callerOf[i]] >= windowsMin);
  const callers = [...grouped(habitual, (i) => callerOf[i]).values()].map((ofCaller): Caller => {
    const at = wordOf(scored, calls[ofCaller[0]]);
    return {
      client: words[at + W.client],
      server: words[at + W.server],
      service: serviceOf[ofCaller[0]],
      positions: ofCaller.map((i) => calls[i]),
    };
  });
  return { callers, callersOfService, clients: clients.size };
}

/** Positions of answered calls of ours to strangers. */
function callsOf(scored: Scored): number[] {
  const calls: number[] = [];
  for (let position = 0; position < scored.rows.length; position++) {
    // All three traits are known: not failed, of ours, to a stranger.
    if (scored.context.traits[position] !== TRAIT.clientIsOurs) continue;
    if (isCall(scored, wordOf(scored, position))) calls.push(position);
  }
  return calls;
}

/** Whether the row is a call of a program. A settled row is the only one of its caller in its window. */
function isCall(scored: Scored, at: number): boolean {
  const { words, floats } = scored.conversations;
  const f = at >> 1;
  const protocol = words[at + W.service] >>> 16;
  if (protocol !== PROTOCOL.tcp && protocol !== PROTOCOL.udp) return false;
  if (words[at + W.forwardFlows] === 0 || words[at + W.members] > 0) return false;
  const sentBytesPerPacket = floats[f + F.forwardBytes] / floats[f + F.forwardPackets];
  const receivedBytesPerPacket = floats[f + F.backwardBytes] / floats[f + F.backwardPackets];
  return !isTimeOrNothing(words[at + W.service], sentBytesPerPacket, receivedBytesPerPacket);
}
